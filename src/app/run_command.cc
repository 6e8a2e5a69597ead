// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>

#include "app/begin_run.h"
#include "app/commands.h"
#include "app/recommendations.h"
#include "app/run/data_parallel_run.h"
#include "app/run/group_limits.h"
#include "app/run/job_deaths.h"
#include "app/run/record_store.h"
#include "app/run/run_monitor.h"
#include "app/run/run_paths.h"
#include "app/run_options.h"
#include "base/error.h"
#include "base/log.h"
#include "base/machine_failure.h"
#include "base/stop.h"
#include "comm/communicator.h"
#include "driver/driver.h"
#include "driver/job_leases.h"
#include "jobs/job_runner.h"
#include "model/device.h"
#include "planning/plan_sweep.h"
#include "store/journal.h"
#include "store/results/results.h"
#include "store/sweep_status.h"

namespace dovetail {

namespace fs = std::filesystem;

namespace {

RunPaths run_paths_of(const RunOptions& options, const Plan& plan) {
  const fs::path out =
      options.out.empty() ? fs::path("results") / plan.sweep_name : fs::path(options.out);
  return {out, options.store.empty() ? out / "artefacts" : fs::path(options.store)};
}

// Makes the runner of a rank's jobs. Only now does a follower know where its log goes.
DataParallelRun::MakeRunner make_runner(const RunOptions& options) {
  return [options](const RunPaths& paths, GradientAllReduce* group, int leader) {
    if (group && group->rank() > 0) {
      open_run_log(paths, fmt::format("rank-{}-follower-{}", leader, group->rank()));
    }
    return std::make_unique<JobRunner>(
        RunnerOptions{.store = paths.store,
                      .threads = options.threads,
                      .device = options.device,
                      .checkpoint_seconds = options.checkpoint_seconds,
                      .local_disk = options.local_disk,
                      .all_reduce = group});
  };
}

// A rank that runs the jobs it is assigned by rank 0.
int run_worker(DataParallelRun& ranks, const RunOptions& options) {
  const std::optional<RunPaths> paths = receive_run_paths(ranks.leaders());
  if (!paths) return kSuccess;
  open_run_log(*paths, fmt::format("rank-{}", ranks.leaders().rank()));
  const RunGroup run_jobs = ranks.job_function(make_runner(options), *paths);
  work(ranks.leaders(), with_crash_notes(run_jobs, *paths, ranks.leaders().rank()));
  return kSuccess;
}

// A rank that computes a part of its leader's training steps.
int run_follower(DataParallelRun& ranks, const RunOptions& options) {
  ranks.follow_leader(make_runner(options));
  return kSuccess;
}

// Prints the share of padding and the peak of memory of the training jobs.
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
  if (!status.failures.empty())
    fmt::print(stderr, "  the same command with --retry-failed tries them again\n");
  fmt::print(stderr, "results: {}\n", (out / "results.h5").string());
}

void say_how_to_go_on(const RunOptions& options, const std::string& what_happened) {
  fmt::print(stderr, "{}; what is finished is safe. Go on with the same command: {}\n",
             what_happened, options.command_line);
}

// The machine failed and not the work, so the same command goes on once somebody has mended it.
int stopped_by_machine(const RunOptions& options, const std::string& failure) {
  fmt::print(stderr, "dovetail: {}\n", failure);
  say_how_to_go_on(options,
                   "stopped: free some space, or mend what the line above names. No job counts as "
                   "failed for it");
  return kInterrupted;
}

int exit_code_of(const RunOptions& options, const SweepStatus& status, const RunSummary& summary) {
  if (!summary.machine_failure.empty()) return stopped_by_machine(options, summary.machine_failure);
  if (summary.interrupted) {
    say_how_to_go_on(options, "interrupted");
    return kInterrupted;
  }
  return status.failures.empty() ? kSuccess : kFailure;
}

// Of shares, the last one has all records.
void finish(const RunPaths& paths, const Plan& whole, const Journal& journal,
            const RunSummary& summary) {
  write_results(paths.out / "results.h5", whole, journal.records());
  print_cost(journal.records());
  // of an interrupted run only `dovetail report` makes one
  if (!summary.interrupted) report_results(paths.out, whole, journal.records());
}

RunRequest request_of(const RunOptions& options, const Plan& whole, bool is_alone) {
  return {.paths = run_paths_of(options, whole),
          .store = options.store,
          .command_line = options.command_line,
          .wait_seconds = options.wait_seconds,
          .is_share = options.share,
          .is_alone = is_alone};
}

// Rank 0: sweep -> plan -> records of earlier runs -> driver -> results -> report.
int run_coordinator(DataParallelRun& ranks, const RunOptions& options) {
  RunPathsBroadcast workers(ranks.leaders());

  const auto [whole, plan] = plan_sweep(options.sweep, options.filter);
  const bool is_alone = ranks.leaders().size() * options.data_parallel == 1;
  const BegunRun begun = begin_run(request_of(options, whole, is_alone), whole, plan);
  const RunPaths& paths = begun.paths;
  const std::unique_ptr<Journal>& journal = begun.journal;

  const RunGroup run_jobs =
      with_crash_notes(ranks.job_function(make_runner(options), paths), paths, 0);
  const RecordStore shared_records(paths.store);
  RunMonitor monitor(paths.out, whole, *journal, shared_records);
  std::optional<JobLeases> leases;
  if (options.share) leases.emplace(paths.out / "journal", paths.share);
  DriverOptions driver_options = monitor.driver_options();
  driver_options.group = group_limits(options.data_parallel > 1 ? 1 : options.group_size,
                                      options.group_memory, device_from(options.device));
  explain_deaths(driver_options, paths, options.command_line);
  driver_options.hang_seconds = options.hang_seconds;
  driver_options.retry_failed = options.retry_failed;
  driver_options.repeat = begun.repeat;
  driver_options.leases = leases ? &*leases : nullptr;
  workers.broadcast(paths);
  const RunSummary summary = coordinate(ranks.leaders(), plan, *journal, run_jobs, driver_options);

  journal->read_others();
  const SweepStatus status = sweep_status(plan, journal->records());
  print_summary(plan, status, summary, paths.out);
  const bool others_go_on = options.share && status.jobs.missing > 0;
  if (others_go_on) return exit_code_of(options, status, summary);
  try {
    finish(paths, whole, *journal, summary);
  } catch (const MachineFailure& failure) {  // the same full disk, most likely
    if (summary.machine_failure.empty()) throw;
    fmt::print(stderr, "dovetail: {}\n", failure.what());
  }
  return exit_code_of(options, status, summary);
}

int run(const RunOptions& options) {
  install_stop_handlers();
  try {
    DataParallelRun ranks(options.data_parallel, options.device);
    if (!ranks.leads()) return run_follower(ranks, options);
    if (ranks.leaders().rank() != 0) return run_worker(ranks, options);
    return run_coordinator(ranks, options);
  } catch (const MachineFailure& failure) {
    return stopped_by_machine(options, failure.what());
  } catch (const FolderInUse& in_use) {
    if (options.wait_seconds == 0) throw;
    say_how_to_go_on(options, in_use.what());
    return kInterrupted;
  }
}

}  // namespace

void add_run(CLI::App& app, Action& chosen, const std::string& command_line) {
  const auto options = std::make_shared<RunOptions>();
  options->command_line = command_line;
  CLI::App* command = app.add_subcommand(
      "run", "Run a sweep, or resume it: the same command after any interruption");
  add_run_options(*command, *options);
  command->footer("Example: jobs/launch -n 2 build/dovetail run sweeps/quickstart.toml");
  command->callback([options, &chosen] { chosen = [options] { return run(*options); }; });
}

}  // namespace dovetail
