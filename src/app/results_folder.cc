// SPDX-License-Identifier: Apache-2.0
#include "app/results_folder.h"

#include "base/error.h"
#include "base/file.h"
#include "base/near_path.h"
#include "store/results.h"

namespace dovetail {

namespace fs = std::filesystem;

void check_results_folder(const fs::path& folder, const Plan& plan) {
  if (!fs::exists(folder)) return;
  if (!fs::is_directory(folder)) {
    throw_<ConfigError>("--out {} is a file; name a folder", folder.string());
  }
  if (!fs::exists(folder / "plan.json")) {
    if (fs::is_empty(folder)) return;
    throw_<ConfigError>(
        "{} is not empty and is no results folder (it has no plan.json); name another one with "
        "--out",
        folder.string());
  }
  const Plan there = read_plan(folder);
  if (there.sweep_hash == plan.sweep_hash) return;
  throw_<ConfigError>(
      "{0} holds results of a different sweep ({1}, hash {2}; this one is {3}, hash {4}). Name "
      "another folder with --out, and --store {0}/artefacts to reuse the jobs that both have",
      folder.string(), there.sweep_name, there.sweep_hash.substr(0, 8), plan.sweep_name,
      plan.sweep_hash.substr(0, 8));
}

void check_store(const fs::path& store, const Plan& plan,
                 const std::map<std::string, Record>& records) {
  const auto is_finished = [&](const std::string& key) {
    const auto found = records.find(key);
    return found != records.end() && found->second.status == RunStatus::finished;
  };
  for (const Job& job : plan.jobs) {
    if (is_finished(job.key)) continue;
    for (const std::string& input : job.input_keys) {
      if (!is_finished(input) || fs::exists(store / input)) continue;
      throw_<ConfigError>(
          "{} needs {}, which was made and is missing now: give the --store that this run began "
          "with, "
          "or start again with another --out",
          job.name, (store / input).string());
    }
  }
}

void fill_results_folder(const fs::path& folder, const Plan& plan) {
  fs::create_directories(folder);
  if (!fs::exists(folder / "sweep.toml")) {
    write_file_atomically(folder / "sweep.toml", plan.sweep_text);
  }
  // plan.json comes last: it makes the folder a results folder.
  if (!fs::exists(folder / "plan.json")) {
    write_plan(folder, plan);
    return;
  }
  // Claims decide no result, so the sweep file may have changed them. The report judges the new
  // ones.
  Plan there = read_plan(folder);
  if (Json(there.claims) == Json(plan.claims)) return;
  there.claims = plan.claims;
  write_plan(folder, there);
}

void check_is_results_folder(const fs::path& folder) {
  if (!fs::exists(folder / "plan.json")) {
    throw_<ConfigError>(
        "{} is no results folder (it has no plan.json); dovetail run SWEEP --out {} makes one{}",
        folder.string(), folder.string(), near_path_hint(folder));
  }
}

Plan plan_of_results(const fs::path& folder) {
  check_is_results_folder(folder);
  return read_plan(folder);
}

}  // namespace dovetail
