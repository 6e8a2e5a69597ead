// SPDX-License-Identifier: Apache-2.0
#include "analysis/report/asked_task.h"

#include <algorithm>
#include <filesystem>
#include <set>

#include "base/error.h"
#include "base/names.h"

namespace dovetail {

namespace {

namespace fs = std::filesystem;

// The task of a cell's job; null for a job without settings.
const TaskSource* task_source_of(const Job& job) {
  if (const auto* tune = std::get_if<TuneJob>(&job.settings)) return &tune->task;
  if (const auto* baseline = std::get_if<BaselineJob>(&job.settings)) return &baseline->task;
  return nullptr;
}

// "cards/mine.toml#part" names /home/me/cards/mine.toml#part.
bool names_location(const std::string& asked, const std::string& location) {
  if (asked.empty() || location.empty()) return false;
  const std::string path = fs::path(asked).lexically_normal().string();
  std::error_code error;
  const std::string here = fs::weakly_canonical(path, error).string();
  return location == path || location == here || location.ends_with("/" + path);
}

}  // namespace

std::string resolve_task(const Plan& plan, const std::string& asked) {
  const auto labels = plan.axis_labels.find("task");
  const std::vector<std::string> known =
      labels == plan.axis_labels.end() ? std::vector<std::string>{} : labels->second;
  if (std::ranges::find(known, asked) != known.end()) return asked;
  std::set<std::string> found;
  for (const Cell& cell : plan.cells) {
    const Job& job = plan.jobs.at(static_cast<size_t>(cell.job));
    const TaskSource* task = task_source_of(job);
    const std::string& card = job.locations.task;
    if (task && (card.empty() ? task->name == asked : names_location(asked, card)))
      found.insert(cell.coordinates[kTask]);
  }
  if (found.size() == 1) return *found.begin();
  if (found.empty())
    throw_<ConfigError>("the sweep {} has no task \"{}\"; {}", plan.sweep_name, asked,
                        did_you_mean(asked, known));
  throw_<ConfigError>("{} is the data of several tasks of the sweep {}: name one of {}", asked,
                      plan.sweep_name, join(std::vector(found.begin(), found.end()), ", "));
}

}  // namespace dovetail
