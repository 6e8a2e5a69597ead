// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "plan/plan.h"
#include "sweep/sweep.h"

namespace dovetail {

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

}  // namespace dovetail
