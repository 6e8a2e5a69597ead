// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "plan/axis.h"
#include "plan/claim.h"
#include "plan/job.h"

namespace dovetail {

// Part of every key: raise it when the code's results change for the same settings.
inline constexpr int64_t kResultVersion = 2;

// A point of the grid or a baseline, and the job that computes it. Several cells may share one
// job (a baseline that does not depend on the template, say). The cells of a sweep without tasks
// are its checkpoints: SWEEP/OBJECTIVE/seedN, job kind pretrain.
struct Cell {
  std::string name;  // quickstart/prefix_lm/wordnet.category/mapping/full/heads16/seed1
  std::array<std::string, kAxes.size()> coordinates;  // labels; "" where a baseline has none
  std::string baseline;                               // "", or most_frequent, copy, untuned
  int64_t job = 0;                                    // index into Plan::jobs
};

struct Plan {
  std::string sweep_name;
  std::string sweep_hash;  // of everything that decides results; no paths
  std::string sweep_text;
  std::map<std::string, std::vector<std::string>> axis_labels;  // by kAxes, in the file's order
  std::vector<std::string> metrics;
  std::vector<Cell> cells;
  std::vector<Job> jobs;                     // inputs before the jobs that need them
  std::vector<Claim> claims;                 // what the report is to judge
  std::vector<std::string> lower_is_better;  // metrics of which less is better (loss, ranks)
  std::vector<std::string>
      set_metrics;  // metrics of a whole test set, no means over examples (macro_f1)
  // What selectors look at, by training examples alone: SWEEP/probe/KIND/OBJECTIVE/... with
  // zero_shot, shotsN (tuned on N heads before it was probed), race or filling, of which only the
  // axes objective, adaptation, task and template are set. The kind stands in `baseline`. None
  // without [select].
  std::vector<Cell> probes;
  // By task label: {"kind", "relation", "flex_fills", "layout", "mean_choice_words",
  // "question_mark_share"}.
  std::map<std::string, Json> task_facts;
  std::map<std::string, std::map<std::string, AxisTraits>> traits;  // by axis and label
};

void to_json(Json& json, const AxisTraits& traits);
void from_json(const Json& json, AxisTraits& traits);
void to_json(Json& json, const Plan& plan);
void from_json(const Json& json, Plan& plan);

// The part of a plan whose cell names match the glob, with all the jobs it needs.
Plan filter_plan(const Plan& plan, const std::string& glob);

}  // namespace dovetail
