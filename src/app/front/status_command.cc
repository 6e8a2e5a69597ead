// SPDX-License-Identifier: Apache-2.0
#include "store/sweep_status.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <fstream>
#include <memory>

#include "app/front/command_line.h"
#include "app/front/existing_results.h"
#include "app/front/last_run.h"
#include "app/front/plan_history.h"
#include "app/front/rank_activity.h"
#include "app/front/text_output.h"
#include "base/error.h"
#include "plan/plan_text.h"
#include "store/journal.h"

namespace dovetail {

namespace {

struct StatusOptions {
  std::string folder;
  bool json = false;
};

std::vector<std::string> count_row(const std::string& name, const StateCounts& counts) {
  return {name,
          std::to_string(counts.total),
          std::to_string(counts.finished),
          std::to_string(counts.failed),
          std::to_string(counts.crashed),
          std::to_string(counts.missing)};
}

std::string activity_text(const SweepStatus& status, const std::string& command) {
  if (status.jobs.missing == 0) return "nothing is left to do";
  if (status.running.empty()) {
    return "no run is active; resume it with " +
           (command.empty() ? "the command that started it" : command);
  }
  std::string text = "run by " + status.running;
  if (status.jobs_per_minute >= 0)
    text += fmt::format(", {:.1f} jobs a minute", status.jobs_per_minute);
  if (status.remaining_seconds >= 0) {
    text += fmt::format(", about {} left", readable_seconds(status.remaining_seconds));
  }
  return text;
}

void print_ranks(const std::string& folder, const std::string& share) {
  std::ifstream file(rank_activity_file(folder, share));
  const std::string who = share.empty() ? "" : share + " ";
  for (std::string line; std::getline(file, line);) fmt::print("  {}rank {}\n", who, line);
}

void print_status(const SweepStatus& status, const std::string& folder) {
  fmt::print("{}: {}\n", status.sweep_name, activity_text(status, command_to_go_on(folder)));
  const std::vector<std::string> shares = running_shares(folder);
  for (const std::string& share : shares) print_ranks(folder, share);
  if (!status.running.empty() && shares.empty()) print_ranks(folder, "");
  for (const std::string& line : history_lines(folder)) fmt::print("  {}\n", line);
  std::vector<std::vector<std::string>> rows{
      {"", "total", "finished", "failed", "crashed", "missing"},
      count_row("cells", status.cells),
      count_row("jobs", status.jobs)};
  for (const auto& [kind, counts] : status.jobs_by_kind) {
    rows.push_back(count_row("  " + to_string(kind), counts));
  }
  print_columns(rows);
  if (status.failures.empty()) return;
  fmt::print("\nfailures (dovetail run SWEEP --retry-failed tries them again):\n");
  for (const JobFailure& failure : status.failures) {
    fmt::print("  {}: {}: {}\n", failure.name, to_string(failure.status), failure.reason);
    for (const std::string& line : failure.last_log_lines) fmt::print("    log: {}\n", line);
  }
}

int status(const StatusOptions& options) {
  check_is_results_folder(options.folder);
  const SweepStatus status = read_status(options.folder);
  if (options.json) {
    fmt::print("{}\n", Json(status).dump(2));
  } else {
    print_status(status, options.folder);
  }
  return kSuccess;
}

}  // namespace

void add_status(CLI::App& app, Action& chosen) {
  const auto options = std::make_shared<StatusOptions>();
  CLI::App* command =
      app.add_subcommand("status", "Show finished and failed jobs; works during a run");
  command->add_option("DIR", options->folder, "Results folder")->required();
  command->add_flag("--json", options->json, "Print JSON");
  command->footer("Example: dovetail status results/quickstart");
  command->callback([options, &chosen] { chosen = [options] { return status(*options); }; });
}

}  // namespace dovetail
