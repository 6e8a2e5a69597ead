// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <memory>

#include "app/commands.h"
#include "app/front/existing_results.h"
#include "app/test_examples.h"
#include "base/error.h"
#include "base/file.h"
#include "base/names.h"
#include "store/results/merged_results.h"
#include "store/sweep_status.h"

namespace dovetail {

namespace fs = std::filesystem;

namespace {

struct MergeOptions {
  std::vector<std::string> folders;
  std::string out;
  std::string take;  // "": nothing settles a conflict
};

// The folders, with the one of --take at the front.
std::vector<std::string> in_order(const MergeOptions& options) {
  std::vector<std::string> folders = options.folders;
  if (options.take.empty()) return folders;
  const auto taken = std::ranges::find(folders, options.take);
  if (taken == folders.end()) {
    throw_<ConfigError>("--take {}: this is none of the folders to merge; {}", options.take,
                        did_you_mean(options.take, folders));
  }
  std::rotate(folders.begin(), taken, taken + 1);
  return folders;
}

void check_merge_options(const MergeOptions& options) {
  for (const std::string& folder : options.folders) {
    if (std::ranges::count(options.folders, folder) > 1)
      throw_<ConfigError>("{} is named twice; name each folder once", folder);
    check_is_results_folder(folder);
  }
  if (fs::exists(options.out) && !(fs::is_directory(options.out) && fs::is_empty(options.out)))
    throw_<ConfigError>("--out {}: already exists; name a new folder", options.out);
}

[[noreturn]] void refuse_conflicts(const MergeConflicts& conflicts) {
  throw_<ConfigError>(
      "these results do not fit together, and nothing was written. Of two results of one job, "
      "--take DIR takes that of DIR; a label that means two things has to be another label in one "
      "of the sweeps.\n{}",
      conflicts.text());
}

// The test examples that some folder knows, so that the merged one explains itself too.
void merge_test_examples(const fs::path& folder, const MergedResults& merged,
                         const std::vector<std::string>& sources) {
  TestExamples known;
  for (const std::string& source : sources) {
    for (auto& [task, examples] : read_test_examples(source, merged.plan).known)
      known.try_emplace(task, std::move(examples));
  }
  save_test_examples(folder, merged.plan, known);
}

int merge(const MergeOptions& options) {
  const std::vector<std::string> folders = in_order(options);
  check_merge_options(options);
  std::vector<MergeSource> sources;
  for (const std::string& folder : folders)
    sources.push_back({folder, plan_of_results(folder), read_journal_content(folder)});
  const MergedResults merged = merge_results(std::move(sources), !options.take.empty());
  if (merged.conflicts.count() > 0) refuse_conflicts(merged.conflicts);
  publish_folder(options.out, [&](const fs::path& folder) {
    write_merged(folder, merged);
    merge_test_examples(folder, merged, folders);
  });
  const StateCounts cells = sweep_status(merged.plan, merged.records).cells;
  fmt::print("{}: {} of {} cells finished, from {} folders; {} results were there several times\n",
             options.out, cells.finished, cells.total, folders.size(), merged.num_equal);
  return kSuccess;
}

}  // namespace

void add_merge(CLI::App& app, Action& chosen) {
  const auto options = std::make_shared<MergeOptions>();
  CLI::App* command = app.add_subcommand(
      "merge", "Join results folders of several machines or people into a new one");
  command->add_option("DIR", options->folders, "Results folders")->required()->expected(2, 10000);
  command->add_option("--out", options->out, "The new folder")->required();
  command->add_option("--take", options->take,
                      "Of two different results of one job, or two jobs of one cell, take those of "
                      "this folder");
  command->footer("Example: dovetail merge results/seeds1to4 results/seeds5to8 --out results/all");
  command->callback([options, &chosen] { chosen = [options] { return merge(*options); }; });
}

}  // namespace dovetail
