// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <map>
#include <string>
#include <vector>

#include "sweep/cost.h"
#include "sweep/plan.h"

namespace dovetail {

// One point of the grid, by kAxes; null where an axis does not apply.
using GridPoint = std::array<const AxisValue*, kAxes.size()>;
enum AxisIndex : size_t { kObjective, kTask, kTemplate, kTuning, kTrainSize, kSeed };

// Makes the jobs of a sweep: their settings (which training reads), keys, inputs and costs. Equal
// jobs are one job, under the name that was asked for first. Every function returns an index.
class JobGraph {
 public:
  JobGraph(const Sweep& sweep, const Fingerprints& fingerprints);

  int64_t pretrain(const AxisValue& objective, int64_t seed);
  int64_t tune(const GridPoint& point, const std::string& name);
  int64_t most_frequent(const GridPoint& point, const std::string& name);
  int64_t copy(const GridPoint& point, const std::string& name);
  int64_t untuned(const GridPoint& point, const std::string& name);

  std::vector<Job> take() { return std::move(jobs_); }

 private:
  int64_t add(Job job);
  int64_t tokenizer();
  Json corpus(Job& job);
  // The model, objective, template and inputs of a job that starts from an objective's model.
  void start_from(const GridPoint& point, Job& job);
  void set_task(const AxisValue& task, Job& job);
  void set_template(const GridPoint& point, Job& job);
  void refuse_unfit(const GridPoint& point) const;
  ModelSize size_of(const AxisValue& objective) const;
  // Computed once for each thing; a failure gets the place in the sweep file in front.
  const std::string& fingerprint(const std::string& thing, const AxisValue* value,
                                 const std::function<std::string()>& compute);

  const Sweep& sweep_;
  const Fingerprints& fingerprints_;
  std::vector<Job> jobs_;
  std::map<std::string, int64_t> by_key_;
  std::map<std::string, std::string> known_fingerprints_;
};

}  // namespace dovetail
