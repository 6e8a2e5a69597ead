// SPDX-License-Identifier: Apache-2.0
#include "app/results_folder.h"

#include <algorithm>
#include <functional>

#include "app/front/last_run.h"
#include "app/front/plan_history.h"
#include "base/checksum.h"
#include "base/error.h"
#include "base/file.h"
#include "base/folder.h"
#include "base/log.h"
#include "base/names.h"
#include "driver/coordinator_lease.h"
#include "jobs/artefacts.h"
#include "plan/plan_change.h"
#include "store/plan_file.h"

namespace dovetail {

namespace fs = std::filesystem;

namespace {

// A coordinator's lease or the journal's lock: either may come first.
bool has_owner(const fs::path& journal) {
  const auto is_owner = [](const fs::directory_entry& entry) {
    const std::string name = entry.path().filename();
    return name == "lock" || name.starts_with(kOwnerFolder);
  };
  return std::ranges::any_of(fs::directory_iterator(journal), is_owner);
}

// Whether a folder without plan.json holds nothing but what a run writes there: it has just begun,
// or was submitted, or died early, or somebody removed a plan.json that could not be read.
bool was_begun(const fs::path& folder) {
  constexpr const char* kOurs[] = {"journal", "plan.json",          "sweep.toml", "history",
                                   "logs",    "artefacts",          "results.h5", "report",
                                   "slurm",   "test_examples.jsonl"};
  const bool was_submitted = fs::exists(folder / "slurm" / "sweep.sbatch");
  if (!was_submitted && !fs::is_directory(folder / "journal")) return false;
  for (const auto& entry : fs::directory_iterator(folder)) {
    const std::string name = entry.path().filename();
    const bool is_ours = std::ranges::find(kOurs, name) != std::end(kOurs);
    if (!is_ours && !name.ends_with(".tmp")) return false;
  }
  return was_submitted || fs::is_empty(folder / "journal") || has_owner(folder / "journal");
}

std::function<bool(const std::string&)> finished_in(const std::map<std::string, Record>& records) {
  return [&records](const std::string& key) {
    const auto found = records.find(key);
    return found != records.end() && found->second.status == RunStatus::finished;
  };
}

std::string first_few(const std::vector<std::string>& all) {
  constexpr size_t kShown = 4;
  const std::vector<std::string> shown(all.begin(), all.begin() + std::min(kShown, all.size()));
  const std::string more =
      all.size() > kShown ? fmt::format(" and {} more", all.size() - kShown) : "";
  return join(shown, "; ") + more;
}

std::string cells_text(size_t count) {
  return count == 1 ? "1 finished cell" : fmt::format("{} finished cells", count);
}

// ", and --store X to reuse the jobs that both have"
std::string reuse_text(const fs::path& folder, const fs::path& store) {
  const fs::path used = store.empty() ? store_of_last_run(folder) : store;
  if (!fs::exists(used)) return "";
  return fmt::format(", and --store {} to reuse the jobs that both have", used.string());
}

void print_change(const fs::path& folder, const PlanChange& change, size_t num_cells) {
  if (change.num_new_cells == 0 && change.removed.empty()) return;
  const std::string added = labels_text(change.added), removed = labels_text(change.removed);
  fmt::print(stderr,
             "{}: the sweep has changed{}{}: {} of {} cells are new, what is finished stays. The "
             "sweep.toml and plan.json before are in {}\n",
             folder.string(), added.empty() ? "" : ", and adds " + added,
             removed.empty() ? "" : ", and leaves out " + removed, change.num_new_cells, num_cells,
             (folder / "history").string());
}

}  // namespace

void check_is_ours(const fs::path& folder) {
  if (!fs::exists(folder)) return;
  if (!fs::is_directory(folder)) {
    throw_<ConfigError>("--out {} is a file; name a folder", folder.string());
  }
  // the last look: another process may have written plan.json since the first
  if (fs::exists(folder / "plan.json") || fs::is_empty(folder) || was_begun(folder) ||
      fs::exists(folder / "plan.json")) {
    return;
  }
  throw_<ConfigError>(
      "{} is not empty and is no results folder (it has no plan.json); name another one with "
      "--out",
      folder.string());
}

void check_keeps_results(const fs::path& folder, const Plan& plan,
                         const std::map<std::string, Record>& records, const fs::path& store) {
  if (!fs::exists(folder / "plan.json")) return;
  const Plan there = read_plan(folder);
  if (there.sweep_hash == plan.sweep_hash) return;
  if (there.sweep_name != plan.sweep_name) {
    throw_<ConfigError>(
        "{} holds results of the sweep {}, and this one is called {}: name another folder with "
        "--out{}",
        folder.string(), there.sweep_name, plan.sweep_name, reuse_text(folder, store));
  }
  const PlanChange change = change_between(there, plan, finished_in(records));
  if (!change.changed_cells.empty()) {
    throw_<ConfigError>(
        "{} holds {} that this sweep file would change: {}. Take that back (new values of the axes "
        "may be added in the same folder), or name another folder with --out{}",
        folder.string(), cells_text(change.changed_cells.size()),
        first_few(change.changed_settings), reuse_text(folder, store));
  }
  if (!change.removed_cells.empty()) {
    const std::string removed = labels_text(change.removed);
    throw_<ConfigError>(
        "{} holds {} that this sweep file lacks: {}. A results folder loses nothing: put them back "
        "(--filter runs a part of the cells), or name another folder with --out{}",
        folder.string(), cells_text(change.removed_cells.size()),
        removed.empty() ? first_few(change.removed_cells) : removed, reuse_text(folder, store));
  }
}

std::set<std::string> jobs_to_repeat(const fs::path& store, const Plan& plan,
                                     const std::map<std::string, Record>& records,
                                     const fs::path& folder) {
  const auto is_finished = finished_in(records);
  std::set<std::string> repeated;
  for (auto job = plan.jobs.rbegin(); job != plan.jobs.rend(); ++job) {  // before their inputs
    if (is_finished(job->key) && !repeated.contains(job->key)) continue;
    for (const std::string& input : job->input_keys) {
      if (!is_finished(input) || repeated.contains(input)) continue;
      const fs::path artefact = store / input;
      if (fs::exists(artefact)) {
        const std::string damage = damage_of_folder(artefact, /*sizes_only=*/true);
        if (damage.empty()) continue;
        log_warning("{}: {}; its job runs again", artefact.string(), damage);
        set_aside_damaged(artefact);
      } else if (!fs::exists(damaged_aside(artefact))) {
        throw_<ConfigError>(
            "{} needs {}, which was made and is missing now: give the store that this run had, "
            "--store {}, or start again with another --out",
            job->name, artefact.string(), store_of_last_run(folder).string());
      }
      repeated.insert(input);
    }
  }
  return repeated;
}

void fill_results_folder(const fs::path& folder, const Plan& plan) {
  make_folders(folder);
  if (fs::exists(folder / "plan.json")) {
    remove_unfinished_history(folder);
    if (read_file(folder / "plan.json") == plan_text(plan)) return;
    const Plan there = read_plan(folder);
    if (there.sweep_text != plan.sweep_text) {
      const PlanChange change =
          change_between(there, plan, [](const std::string&) { return false; });
      keep_in_history(folder, change, there.cells.size(), plan.cells.size());
      print_change(folder, change, plan.cells.size());
    }
  }
  write_file_atomically(folder / "sweep.toml", plan.sweep_text);
  write_plan(folder, plan);  // last: it makes the folder a results folder of this sweep
}

}  // namespace dovetail
