// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "plan/plan.h"
#include "plan/record.h"

namespace dovetail {

// The three labels that a selector chooses: objective and adaptation of the model, and template. A
// label is "" where the axis is open.
struct Candidate {
  std::string objective, adaptation, template_name;

  bool operator==(const Candidate&) const = default;
};

// A model measured on training examples of a task before it is tuned, or after `shots` examples.
struct Probe {
  std::string task;
  Candidate at;
  int64_t shots = 0;     // of the Maskability Index; 0 for a race
  int64_t tuned_on = 0;  // training examples before the probe, for shots and races
  // By training example: probe_depth_rank, probe_depth_rank_min, probe_loss, probe_template_loss,
  // probe_filling, race_score; finite and not empty.
  std::map<std::string, std::vector<float>> per_example;
  std::vector<float> task_embedding;  // empty if the sweep did not ask for it
  std::string tuning = {};  // label of the tuning that a race was run under; "" for other probes

  // The mean over examples; NaN where there are none.
  double mean(const std::string& name) const;
};

// The finished probes of a plan. Probes that differ only in their seed stay apart.
std::vector<Probe> probes_of(const Plan& plan, const std::map<std::string, Record>& records);

// The N of a part "shotsN" of a slash name; 0 where there is none.
int64_t shots_in(const std::string& name);

}  // namespace dovetail
