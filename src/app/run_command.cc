// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <map>
#include <memory>
#include <set>

#include "app/commands.h"
#include "app/last_run.h"
#include "app/recommendations.h"
#include "app/results_folder.h"
#include "app/run/data_parallel_run.h"
#include "app/run/record_store.h"
#include "app/run/renamed_option.h"
#include "app/run/run_monitor.h"
#include "app/run/run_paths.h"
#include "base/error.h"
#include "base/file.h"
#include "base/folder.h"
#include "base/log.h"
#include "base/machine_failure.h"
#include "base/stop.h"
#include "comm/communicator.h"
#include "driver/driver.h"
#include "jobs/job_runner.h"
#include "planning/plan_sweep.h"
#include "store/journal.h"
#include "store/results.h"
#include "store/sweep_status.h"

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
  int data_parallel = 1;
  int64_t group_size = 16;
  bool retry_failed = false;
  double checkpoint_seconds = 60;
  std::string command_line;
};

RunPaths run_paths_of(const RunOptions& options, const Plan& plan) {
  const fs::path out =
      options.out.empty() ? fs::path("results") / plan.sweep_name : fs::path(options.out);
  return {out, options.store.empty() ? out / "artefacts" : fs::path(options.store)};
}

// A run without its log is better than none: what would be in it goes to standard error then.
void open_log(const fs::path& out, const std::string& who) {
  try {
    make_folders(out / "logs");
    log_to_file(out / "logs" / (who + ".log"));
  } catch (const std::exception& error) {
    log_warning("no log: {}", error.what());
  }
}

// Makes the runner of a rank's jobs. Only now does a follower know where its log goes.
DataParallelRun::MakeRunner make_runner(const RunOptions& options) {
  return [options](const RunPaths& paths, GradientAllReduce* group, int leader) {
    if (group && group->rank() > 0)
      open_log(paths.out, fmt::format("rank-{}-follower-{}", leader, group->rank()));
    return std::make_unique<JobRunner>(RunnerOptions{paths.store, options.threads, options.device,
                                                     options.checkpoint_seconds, group});
  };
}

// A rank that runs the jobs it is assigned by rank 0.
int run_worker(DataParallelRun& ranks, const RunOptions& options) {
  const std::optional<RunPaths> paths = receive_run_paths(ranks.leaders());
  if (!paths) return kSuccess;
  open_log(paths->out, fmt::format("rank-{}", ranks.leaders().rank()));
  work(ranks.leaders(), ranks.job_function(make_runner(options), *paths));
  return kSuccess;
}

// A rank that computes a part of its leader's training steps.
int run_follower(DataParallelRun& ranks, const RunOptions& options) {
  ranks.follow_leader(make_runner(options));
  return kSuccess;
}

void print_damage(const Journal& journal) {
  if (journal.bytes_cut() == 0) return;
  fmt::print(stderr, "{} bytes of the journal were damaged and moved to {}; their jobs run again\n",
             journal.bytes_cut(), journal.cut_file());
}

// What the plan notes on the data, before anybody waits for results on them.
void print_notes(const Plan& plan) {
  constexpr size_t kShown = 10;
  const size_t all = plan.notes.size();
  for (size_t i = 0; i < std::min(kShown, all); ++i)
    fmt::print(stderr, "note: {}\n", plan.notes[i]);
  if (all > kShown)
    fmt::print(stderr, "and {} more notes; dovetail plan lists them\n", all - kShown);
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

void check_device(const RunOptions& options) {
  if (options.data_parallel == 1 || options.device == "cpu") return;
  throw_<ConfigError>(
      "--data-parallel {} with --device {}: data-parallel groups train on the CPU only; leave out "
      "one of the two",
      options.data_parallel, options.device);
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

// Takes the folder's lock, and then looks once more whether the folder takes this plan: another
// process may have had the lock until now. `is_alone`: MPI knows no other rank.
std::unique_ptr<Journal> open_journal(const RunOptions& options, const fs::path& out,
                                      const Plan& whole, bool is_alone) {
  check_is_ours(out);
  check_keeps_results(out, whole, read_journal(out), options.store);
  const std::string unconnected = is_alone ? unconnected_text() : "";
  try {
    auto journal = std::make_unique<Journal>(out);
    check_keeps_results(out, whole, journal->records(), options.store);
    if (!unconnected.empty()) fmt::print(stderr, "note: {}\n", unconnected);
    return journal;
  } catch (const ConfigError& error) {
    if (unconnected.empty()) throw;
    throw_<ConfigError>("{}. {}", error.what(), unconnected);
  }
}

// Writes the plan and opens the log.
void begin_in_folder(const RunOptions& options, const RunPaths& paths, const Plan& whole) {
  fill_results_folder(paths.out, whole);
  open_log(paths.out, "rank-0");
  write_last_run(paths.out, {options.command_line, fs::current_path(), fs::absolute(paths.store)});
}

void finish(const RunPaths& paths, const Plan& whole, const Journal& journal,
            const RunSummary& summary) {
  write_results(paths.out / "results.h5", whole, journal.records());
  print_cost(journal.records());
  // of an interrupted run only `dovetail report` makes one
  if (!summary.interrupted) report_results(paths.out, whole, journal.records());
}

// Rank 0: sweep -> plan -> records of earlier runs -> driver -> results -> report.
int run_coordinator(DataParallelRun& ranks, const RunOptions& options) {
  RunPathsBroadcast workers(ranks.leaders());
  check_device(options);

  const auto [whole, plan] = plan_sweep(options.sweep, options.filter);
  const RunPaths paths = run_paths_of(options, whole);
  const bool is_alone = ranks.leaders().size() * options.data_parallel == 1;
  const std::unique_ptr<Journal> journal = open_journal(options, paths.out, whole, is_alone);
  const std::set<std::string> repeat =
      jobs_to_repeat(paths.store, plan, journal->records(), paths.out);
  begin_in_folder(options, paths, whole);

  print_notes(whole);
  print_damage(*journal);
  const RecordStore shared_records(paths.store);
  shared_records.save_finished(plan, *journal, repeat);
  shared_records.load_and_append(plan, *journal);
  journal->register_claims(whole.claims);  // what the store held was known before them

  const RunGroup run_jobs = ranks.job_function(make_runner(options), paths);
  RunMonitor monitor(paths.out, whole, *journal, shared_records);
  DriverOptions driver_options = monitor.driver_options();
  driver_options.group_size = options.data_parallel > 1 ? 1 : options.group_size;
  driver_options.retry_failed = options.retry_failed;
  driver_options.repeat = repeat;
  workers.broadcast(paths);
  const RunSummary summary = coordinate(ranks.leaders(), plan, *journal, run_jobs, driver_options);

  const SweepStatus status = sweep_status(plan, journal->records());
  print_summary(plan, status, summary, paths.out);
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
    DataParallelRun ranks(options.data_parallel);
    if (!ranks.leads()) return run_follower(ranks, options);
    if (ranks.leaders().rank() != 0) return run_worker(ranks, options);
    return run_coordinator(ranks, options);
  } catch (const MachineFailure& failure) {
    return stopped_by_machine(options, failure.what());
  }
}

}  // namespace

void add_run(CLI::App& app, Action& chosen, const std::string& command_line) {
  const auto options = std::make_shared<RunOptions>();
  options->command_line = command_line;
  CLI::App* command = app.add_subcommand(
      "run", "Run a sweep, or resume it: the same command after any interruption");
  command->add_option("SWEEP", options->sweep, "Sweep file (TOML)")->required();
  command->add_option(
      "--out", options->out,
      "Results folder (default: results/NAME); values may be added to the axes later");
  command->add_option(
      "--store", options->store,
      "Folder of artefacts, shared by all sweeps that name it (default: OUT/artefacts)");
  command->add_option("--filter", options->filter, "Run only cells whose name matches this glob");
  command->add_option("--threads", options->threads, "Threads of each rank")
      ->check(CLI::PositiveNumber);
  command
      ->add_option("--data-parallel", options->data_parallel,
                   "MPI ranks that compute each training step together; the number of ranks must "
                   "be a multiple of it")
      ->check(CLI::Range(1, 1024));
  refuse_renamed_option(*command, "--team", "--data-parallel");
  command->add_option("--device", options->device, "cpu, or cuda: one GPU for each rank")
      ->check(CLI::IsMember({"cpu", "cuda"}));
  command
      ->add_option("--group-size", options->group_size,
                   "Most cells that a rank trains in shared passes; 1: one by one")
      ->check(CLI::Range(1, 1024));
  command->add_flag("--retry-failed", options->retry_failed, "Try failed jobs once more");
  command
      ->add_option("--checkpoint-seconds", options->checkpoint_seconds,
                   "Seconds between two saved states of a long job")
      ->check(CLI::PositiveNumber);
  command->footer("Example: jobs/launch -n 2 build/dovetail run sweeps/quickstart.toml");
  command->callback([options, &chosen] { chosen = [options] { return run(*options); }; });
}

}  // namespace dovetail
