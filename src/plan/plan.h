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
#include "plan/metric_traits.h"
#include "plan/task_strata.h"

namespace dovetail {

// Part of every key: raise it when the code's results change for the same settings.
inline constexpr int64_t kResultVersion = 3;

// The length of "source_sketch" in Plan::task_facts, unless the task has fewer sources.
inline constexpr size_t kSourceSketchSize = 128;

// A point of the grid or a baseline, and the job that computes it. Several cells may share one job:
// a baseline that does not depend on the template, for example. The cells of a sweep without tasks
// are its checkpoints: SWEEP/OBJECTIVE/seedN, job kind pretrain.
struct Cell {
  std::string name;  // quickstart/prefix_lm/wordnet.category/mapping/full/examples16/seed1
  std::array<std::string, kAxes.size()> coordinates;  // labels; "" on axes that do not apply
  std::string baseline;                               // "", or the name of one (plan/baselines.h)
  int64_t job = 0;                                    // index into Plan::jobs
};

struct Plan {
  std::string sweep_name;
  std::string sweep_hash;  // of everything that decides results; no paths
  std::string sweep_text;
  std::map<std::string, std::vector<std::string>> axis_labels;  // by kAxes, in the file's order
  std::vector<std::string> metrics;  // measured, in the sweep's order; NAME@DECODING at the end
  MetricTraitsMap metric_traits;     // of `metrics`, loss and perplexity
  std::map<std::string, std::string> primary_metrics;  // by task label; see primary_metric_of
  std::vector<Cell> cells;
  std::vector<Job> jobs;      // inputs before the jobs that need them
  std::vector<Claim> claims;  // judged by the report
  // What selectors look at, measured on training examples: SWEEP/probe/KIND/OBJECTIVE/... with the
  // kind zero_shot, shotsN (after tuning on N examples), race or filling. Only the axes objective,
  // adaptation, task and template are set; `baseline` holds the kind. Empty without [select].
  std::vector<Cell> probes;
  // By task label: {"kind", "relation", "flex_fills", "layout", "mean_choice_words",
  // "question_mark_share", "source_sketch"}; where the data have them "strata" and "rules".
  std::map<std::string, Json> task_facts;
  std::map<std::string, std::map<std::string, AxisTraits>> traits;  // by axis and label
  // Where things come from: a paper ("Raffel et al. 2020, sec. 3.3.4"), or a data set with its
  // licence. By "objective", "tuning" and "optimizer", then name; by "task", then label.
  std::map<std::string, std::map<std::string, std::string>> sources = {};
  std::map<std::string, TaskStrata> strata = {};  // by the labels of the tasks whose data name any
  std::vector<std::string> notes = {};  // for the reader, such as of metrics without evidence
};

// The metric that decides about a task: primary_metrics where it names the task, else the first
// measured metric that is a mean over examples, else "loss".
std::string primary_metric_of(const Plan& plan, const std::string& task);

void to_json(Json& json, const Plan& plan);
// DataError for a cell without a job; Json::out_of_range for a missing key.
void from_json(const Json& json, Plan& plan);

// The part of a plan whose cell names match the glob, with all the jobs that it needs. Throws
// ConfigError when no cell matches.
Plan filter_plan(const Plan& plan, const std::string& glob);

}  // namespace dovetail
