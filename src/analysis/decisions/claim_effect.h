// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "analysis/decisions/claim_evidence.h"
#include "analysis/statistics/pooling.h"
#include "analysis/statistics/task_runs.h"

// The effect that a claim is about, and how well it is known. All of it is arithmetic on means: the
// same results give the same numbers, whatever is drawn elsewhere.
//
// A relative gain is taken of the means over the tasks, and is looked at as a linear function of
// them (the delta method).
namespace dovetail {

using SideMeans = TaskSums::SideMeans;

class ClaimEffect {
 public:
  ClaimEffect(const Claim& claim, std::string metric, bool higher_is_better, bool differences)
      : claim_(claim),
        metric_(std::move(metric)),
        sign_(higher_is_better ? 1 : -1),
        differences_(differences) {}

  // Signed: positive supports the claim.
  double of(const SideMeans& means) const;

  // On one task: examples and runs are drawn, the runs' variance pooled over the task's cells.
  EffectTest on_task(const TaskEvidence& task, TaskRuns& runs) const;

  // The mean over the tasks, which have a pair each. `pretraining` is given for a claim about what
  // cells start from: the number of the pre-training run behind each seed (pretraining_runs.h). If
  // there are several, they are drawn too.
  using Tasks = std::map<std::string, TaskEvidence>;
  EffectTest over_tasks(const Tasks& tasks, TaskRuns& runs,
                        const std::map<std::string, size_t>& pretraining) const;

 private:
  SideMeans slopes(const SideMeans& means) const;
  double linear(const SideMeans& means, const SideMeans& at) const;
  Variance within_task(const TaskEvidence& task, const SideMeans& at, TaskRuns& runs) const;
  Variance of_runs(const TaskEvidence& task, const SideMeans& slopes, TaskRuns& runs) const;
  Variance of_own_runs(const TaskEvidence& task, const SideMeans& slopes) const;
  Spread of_pretraining(const Tasks& tasks, const SideMeans& at,
                        const std::map<std::string, size_t>& pretraining) const;

  const Claim& claim_;
  std::string metric_;
  double sign_;
  bool differences_;
};

// The mean of the sides over seeds and examples.
SideMeans means_of(const TaskSums& sums, size_t num_sides);
// The mean over the tasks, each of which counts alike.
SideMeans mean_over_tasks(const std::map<std::string, TaskEvidence>& tasks, size_t num_sides);

}  // namespace dovetail
