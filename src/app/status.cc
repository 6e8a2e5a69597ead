// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "app/commands.h"
#include "app/progress_file.h"
#include "app/results_folder.h"
#include "app/text_output.h"
#include "app/tally.h"
#include "base/error.h"
#include "store/journal.h"

namespace dovetail {

namespace {

struct StatusOptions {
  std::string folder;
  bool json = false;
};

Json count_json(const StateCount& count) {
  return {{"finished", count.finished}, {"failed", count.failed},
          {"crashed", count.crashed},   {"missing", count.missing}};
}

Json status_json(const Plan& plan, const Tally& tally, const std::optional<Progress>& progress) {
  Json json = {{"sweep", plan.sweep_name},
               {"cells", count_json(tally.cells)},
               {"jobs", count_json(tally.jobs)},
               {"running", progress.has_value()},
               {"failures", Json::array()}};
  if (progress) {
    json["jobs_per_minute"] = progress->jobs_per_minute;
    json["remaining_seconds"] =
        progress->remaining_seconds < 0 ? Json() : Json(progress->remaining_seconds);
    json["doing"] = progress->doing;
  }
  for (const Record* record : tally.failures) {
    json["failures"].push_back({{"name", record->name},
                                {"key", record->key},
                                {"status", to_string(record->status)},
                                {"reason", record->reason}});
  }
  return json;
}

std::vector<std::string> count_row(const std::string& name, const StateCount& count) {
  return {name, std::to_string(count.finished), std::to_string(count.failed + count.crashed),
          std::to_string(count.missing)};
}

void print_progress(const Progress& progress) {
  fmt::print("\nrunning: {:.1f} jobs a minute", progress.jobs_per_minute);
  if (progress.remaining_seconds >= 0) {
    fmt::print(", about {} left", duration_text(progress.remaining_seconds));
  }
  fmt::print("\n");
  for (size_t rank = 0; rank < progress.doing.size(); ++rank) {
    fmt::print("  rank {}: {}\n", rank, progress.doing[rank]);
  }
}

void print_status(const Plan& plan, const Tally& tally, const std::optional<Progress>& progress) {
  fmt::print("{}\n", plan.sweep_name);
  print_columns({{"", "finished", "failed", "missing"},
                 count_row("cells", tally.cells),
                 count_row("jobs", tally.jobs)});
  if (progress) print_progress(*progress);
  if (!progress && tally.jobs.missing > 0) {
    fmt::print("\nno run is going on; the command that began this one goes on with it\n");
  }
  if (tally.failures.empty()) return;
  fmt::print("\nfailures (run again with --retry-failed to try them once more):\n");
  for (const Record* record : tally.failures) {
    fmt::print("  {}: {}: {}\n", record->name, to_string(record->status), record->reason);
  }
}

int status(const StatusOptions& options) {
  const Plan plan = plan_of_results(options.folder);
  const auto records = read_journal(std::filesystem::path(options.folder) / "journal");
  const Tally tally = tally_of(plan, records);
  const std::optional<Progress> progress = read_progress(options.folder);
  if (options.json) {
    fmt::print("{}\n", status_json(plan, tally, progress).dump(2));
  } else {
    print_status(plan, tally, progress);
  }
  return kSuccess;
}

}  // namespace

void add_status(CLI::App& app, Action& chosen) {
  const auto options = std::make_shared<StatusOptions>();
  CLI::App* command =
      app.add_subcommand("status", "What is done, what failed and why; works while a run goes on");
  command->add_option("DIR", options->folder, "Results folder")->required();
  command->add_flag("--json", options->json, "For programs");
  command->footer("Example: dovetail status results/quickstart");
  command->callback([options, &chosen] { chosen = [options] { return status(*options); }; });
}

}  // namespace dovetail
