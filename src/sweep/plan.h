// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "sweep/job.h"
#include "sweep/sweep.h"

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

// Content hashes of what a sweep names; they may throw ConfigError or DataError for things that
// are missing or broken.
struct Fingerprints {
  std::function<std::string(const std::string& task)> task;
  std::function<std::string(const std::string& corpus)> corpus;
  std::function<std::string(const std::filesystem::path& folder)> checkpoint;
  std::function<std::string(const std::filesystem::path& file)> vocabulary;
  std::function<std::string(const std::filesystem::path& folder)> prompt =
      nullptr;  // a saved adapter
  std::function<std::string(const std::string& lexicon)> lexicon = nullptr;
  std::function<std::string(const std::string& file_or_folder)> pairs = nullptr;
  // Not a hash: as Plan::task_facts.
  std::function<Json(const std::string& task)> task_facts = nullptr;
  // Not a hash: Task::kind, which stands beside the task's name in a job's settings.
  std::function<std::string(const std::string& task)> task_kind = nullptr;
  // Of what a template says beside a task's data (phrases, formats): a changed phrase is another
  // cell. Throws ConfigError for a template that the task does not fit.
  std::function<std::string(const std::string& name, const Json& parameters,
                            const std::string& task)>
      wording = nullptr;
  // Not a hash: throws ConfigError where the task has too few examples for it.
  std::function<void(const std::string& task, const TrainSizeSettings& size,
                     int64_t validation_examples, uint64_t seed)>
      check_size = nullptr;
  // Those of the metrics that the task can have (accuracy needs choices or labels); throws
  // ConfigError where one cannot read its answers.
  std::function<std::vector<std::string>(const std::string& task,
                                         const std::vector<std::string>& metrics)>
      metrics_of = nullptr;
};

// Expands the grid, drops what the exclusions match, adds the baselines, joins equal jobs, and
// estimates costs. Throws ConfigError when nothing is left, or an exclusion matches no cell.
Plan make_plan(const Sweep& sweep, const Fingerprints& fingerprints);

// The part of a plan whose cell names match the glob, with all the jobs it needs.
Plan filter_plan(const Plan& plan, const std::string& glob);

// Seconds from the first start to the last end on `workers` workers, longest path first.
double estimate_makespan(const Plan& plan, int workers);

// Seconds from the start of each job to the end of the last job that needs it: the priority.
std::vector<double> longest_paths(const std::vector<Job>& jobs);

}  // namespace dovetail
