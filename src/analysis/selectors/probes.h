// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "plan/plan.h"
#include "plan/record.h"

namespace dovetail {

// What a tuned cell starts from and how its task is put, the three things that a selector chooses.
// A label is "" where nothing was said of that axis.
struct Candidate {
  std::string objective, adaptation, template_name;

  bool operator==(const Candidate&) const = default;
};

// A model looked at before it is tuned (or after `shots` examples), on training examples of a task.
struct Probe {
  std::string task;
  Candidate at;
  int64_t shots = 0;     // of the Maskability Index; a race has none
  int64_t tuned_on = 0;  // heads that it saw in training, of either
  // By training example: probe_depth_rank, probe_depth_rank_min, probe_loss, probe_template_loss,
  // probe_filling, race_score; finite and not empty.
  std::map<std::string, std::vector<float>> per_example;
  std::vector<float> task_embedding;  // empty where it was not asked for

  // The mean over examples; NaN where there are none.
  double mean(const std::string& name) const;
};

// The finished probes of a plan. Several of one kind (of different seeds) stay several.
std::vector<Probe> probes_of(const Plan& plan, const std::map<std::string, Record>& records);

// The N of a part "shotsN" of a slash name; 0 where there is none.
int64_t shots_in(const std::string& name);

}  // namespace dovetail
