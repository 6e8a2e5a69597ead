// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <map>
#include <memory>

#include "app/commands.h"
#include "app/results_folder.h"
#include "app/run/briefing.h"
#include "app/run/record_store.h"
#include "app/run/run_monitor.h"
#include "app/run/team_run.h"
#include "base/error.h"
#include "base/log.h"
#include "base/stop.h"
#include "comm/communicator.h"
#include "driver/driver.h"
#include "jobs/job_runner.h"
#include "planning/plan_sweep.h"
#include "store/journal.h"
#include "store/results.h"
#include "store/status.h"

namespace dovetail {

namespace fs = std::filesystem;

namespace {

struct RunOptions {
  std::string sweep;
  std::string out;    // "": results/NAME
  std::string store;  // "": OUT/artefacts
  std::string filter;
  std::string device = "cpu";
  int threads = 1;
  int team = 1;
  bool retry_failed = false;
  double checkpoint_seconds = 60;
  std::string command_line;
};

RunPaths run_paths_of(const RunOptions& options, const Plan& plan) {
  const fs::path out =
      options.out.empty() ? fs::path("results") / plan.sweep_name : fs::path(options.out);
  return {out, options.store.empty() ? out / "artefacts" : fs::path(options.store)};
}

void open_log(const fs::path& out, const std::string& who) {
  fs::create_directories(out / "logs");
  log_to_file(out / "logs" / (who + ".log"));
}

// Also opens the log, where this rank follows and only now learns where.
TeamRun::MakeRunner make_runner(const RunOptions& options) {
  return [options](const RunPaths& place, GradientAllReduce* team, int leader) {
    if (team && team->rank() > 0)
      open_log(place.out, fmt::format("rank-{}-member-{}", leader, team->rank()));
    return std::make_unique<JobRunner>(RunnerOptions{place.store, options.threads, options.device,
                                                     options.checkpoint_seconds, team});
  };
}

int assist(TeamRun& team, const RunOptions& options) {
  const std::optional<RunPaths> place = await_briefing(team.leaders());
  if (!place) return kSuccess;
  open_log(place->out, fmt::format("rank-{}", team.leaders().rank()));
  work(team.leaders(), team.lead(make_runner(options), *place));
  return kSuccess;
}

int follow(TeamRun& team, const RunOptions& options) {
  if (team.belongs()) team.follow(make_runner(options));  // or rank 0 says why not
  return kSuccess;
}

void report_damage(const Journal& journal) {
  if (journal.bytes_cut() == 0) return;
  fmt::print(stderr,
             "{} bytes of the journal were damaged and are put aside in {}; their jobs run again\n",
             journal.bytes_cut(), journal.cut_file());
}

// What of the training was for nothing, and what it took of memory.
void print_cost(const std::map<std::string, Record>& records) {
  double tokens = 0, computed = 0, peak_bytes = 0;
  for (const auto& [key, record] : records) {
    peak_bytes = std::max(peak_bytes, static_cast<double>(record.cost.peak_bytes));
    if (record.cost.train_tokens == 0) continue;
    tokens += static_cast<double>(record.cost.train_tokens);
    computed += static_cast<double>(record.cost.train_tokens) / (1 - record.cost.padding_fraction);
  }
  if (computed == 0) return;
  fmt::print(stderr,
             "training: {:.1f} % of the computed tokens were padding; a rank took up to {:.2f} GB "
             "of memory\n",
             100 * (1 - tokens / computed), peak_bytes / 1e9);
}

void print_summary(const Plan& plan, const SweepStatus& status, const RunSummary& summary,
                   const fs::path& out) {
  fmt::print(stderr, "{}: {} of {} cells done, {} failed; {} of {} jobs were there already\n",
             plan.sweep_name, status.cells.finished, plan.cells.size(),
             status.cells.failed + status.cells.crashed, summary.reused, summary.total);
  constexpr size_t kShown = 5;
  for (size_t i = 0; i < std::min(kShown, status.failures.size()); ++i) {
    fmt::print(stderr, "  failed: {}: {}\n", status.failures[i].name, status.failures[i].reason);
  }
  if (status.failures.size() > kShown) {
    fmt::print(stderr, "  and {} more; dovetail status {} lists them\n",
               status.failures.size() - kShown, out.string());
  }
  fmt::print(stderr, "results: {}\n", (out / "results.h5").string());
}

void check_team(const RunOptions& options) {
  if (options.team == 1 || options.device == "cpu") return;
  throw_<ConfigError>(
      "--team {} with --device {}: teams train on the CPU only; leave one of the two out",
      options.team, options.device);
}

int exit_code_of(const RunOptions& options, const SweepStatus& status, const RunSummary& summary) {
  if (summary.interrupted) {
    fmt::print(stderr, "interrupted; what is finished is safe. Go on with the same command: {}\n",
               options.command_line);
    return kInterrupted;
  }
  return status.failures.empty() ? kSuccess : kFailure;
}

int run(const RunOptions& options) {
  install_stop_handlers();
  TeamRun team(options.team);
  if (!team.leads()) return follow(team, options);
  Communicator& communicator = team.leaders();
  if (communicator.rank() != 0) return assist(team, options);
  Briefing briefing(communicator);
  check_team(options);

  const auto [whole, plan] = plan_sweep(options.sweep, options.filter);
  const RunPaths place = run_paths_of(options, whole);
  check_results_folder(place.out, whole);
  check_store(place.store, plan, read_journal(place.out));

  fill_results_folder(place.out, whole);
  open_log(place.out, "rank-0");
  Journal journal(place.out);
  report_damage(journal);
  const RecordStore records(place.store);
  records.exchange(plan, journal);

  const RunGroup run_group = team.lead(make_runner(options), place);
  RunMonitor watch(place.out, whole, journal, records);
  DriverOptions driver_options = watch.driver_options();
  driver_options.retry_failed = options.retry_failed;
  briefing.give(place);
  const RunSummary summary = coordinate(communicator, plan, journal, run_group, driver_options);

  write_results(place.out / "results.h5", whole, journal.records());
  const SweepStatus status = sweep_status(plan, journal.records());
  print_summary(plan, status, summary, place.out);
  print_cost(journal.records());
  return exit_code_of(options, status, summary);
}

}  // namespace

void add_run(CLI::App& app, Action& chosen, const std::string& command_line) {
  const auto options = std::make_shared<RunOptions>();
  options->command_line = command_line;
  CLI::App* command = app.add_subcommand(
      "run", "Run a sweep, or go on with it: the same command after any interruption");
  command->add_option("SWEEP", options->sweep, "Sweep file (TOML)")->required();
  command->add_option("--out", options->out, "Results folder; else results/NAME");
  command->add_option("--store", options->store,
                      "Artefacts, shared by sweeps that give the same folder; else OUT/artefacts");
  command->add_option("--filter", options->filter, "Only the cells whose name matches this glob");
  command->add_option("--threads", options->threads, "Threads of a rank")
      ->check(CLI::PositiveNumber);
  command
      ->add_option("--team", options->team,
                   "MPI ranks that compute each training step together; the number of ranks is a "
                   "multiple of it")
      ->check(CLI::Range(1, 1024));
  command->add_option("--device", options->device, "cpu or cuda: a GPU a rank")
      ->check(CLI::IsMember({"cpu", "cuda"}));
  command->add_flag("--retry-failed", options->retry_failed, "Try failed jobs once more");
  command
      ->add_option("--checkpoint-seconds", options->checkpoint_seconds,
                   "How often a long job saves where it is")
      ->check(CLI::PositiveNumber);
  command->footer("Example: jobs/launch -n 2 build/dovetail run sweeps/quickstart.toml");
  command->callback([options, &chosen] { chosen = [options] { return run(*options); }; });
}

}  // namespace dovetail
