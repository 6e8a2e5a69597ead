// SPDX-License-Identifier: Apache-2.0
#include "app/begin_run.h"

#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <thread>

#include "app/front/last_run.h"
#include "app/results_folder.h"
#include "app/run/record_store.h"
#include "base/error.h"
#include "base/folder.h"
#include "base/stop.h"
#include "comm/communicator.h"
#include "driver/job_leases.h"
#include "store/plan_file.h"

namespace dovetail {

namespace fs = std::filesystem;

namespace {

constexpr double kOtherShareBegins = 60;  // seconds that it may take over what the store has

// Tries until the folder is free, or so many seconds have passed. Tells of a wait that is long.
template <typename Open>
std::unique_ptr<Journal> when_free(double seconds, Open open) {
  constexpr double kTellAfter = 3;
  const auto began = std::chrono::steady_clock::now();
  for (bool is_told = false;;) {
    try {
      return open();
    } catch (const FolderInUse& error) {
      const std::chrono::duration<double> waited = std::chrono::steady_clock::now() - began;
      if (waited.count() > seconds) throw;
      if (!is_told && waited.count() > kTellAfter) {
        fmt::print(stderr, "waiting up to {:.0f} s: {}\n", seconds, error.what());
        is_told = true;
      }
    }
    check_stop();
    std::this_thread::sleep_for(std::chrono::milliseconds(500));
  }
}

// Where flock works, a lock that is free says that the last owner is gone, unless it is on another
// host whose locks do not reach this one: that one shows a pulse every five seconds.
std::unique_ptr<CoordinatorLease> take_lease_under_lock(const fs::path& out) {
  constexpr double kSeveralBeats = 12;
  return std::make_unique<CoordinatorLease>(out, kSeveralBeats);
}

std::unique_ptr<CoordinatorLease> take_lease(const fs::path& out) {
  const fs::path folder = out / "journal";
  make_folders(folder);
  if (!JournalLock::is_supported(folder))
    return std::make_unique<CoordinatorLease>(out, JobLeases::kDeadAfterSeconds);
  if (!JournalLock::holder(folder / "lock").empty()) return nullptr;  // the journal will tell
  return take_lease_under_lock(out);
}

// Processes that a launcher started without MPI would each run the whole sweep; the second one
// finds the first one's lock.
void open_sole(const RunRequest& request, double wait_seconds, BegunRun& run) {
  const std::string unconnected = request.is_alone && !request.is_share ? unconnected_text() : "";
  try {
    run.journal = when_free(wait_seconds, [&] {
      run.lease = take_lease(request.paths.out);
      auto journal = std::make_unique<Journal>(request.paths.out);
      if (!run.lease) run.lease = take_lease_under_lock(request.paths.out);
      return journal;
    });
    run.journal->set_guard([lease = run.lease.get()] { lease->check(); });
    if (!unconnected.empty()) fmt::print(stderr, "note: {}\n", unconnected);
  } catch (const FolderInUse& error) {
    if (unconnected.empty()) throw;
    throw_<ConfigError>("{}. {}", error.what(), unconnected);
  }
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

void print_damage(const Journal& journal) {
  if (journal.bytes_cut() == 0) return;
  fmt::print(stderr, "{} bytes of the journal were damaged and moved to {}; their jobs run again\n",
             journal.bytes_cut(), journal.cut_file());
}

// The journal and the plan are looked at once more under the lock: another process may have had it
// until now.
BegunRun begin_alone(const RunRequest& request, double wait_seconds, const Plan& whole,
                     const Plan& plan) {
  const RunPaths& paths = request.paths;
  BegunRun run;
  run.paths = paths;
  open_sole(request, wait_seconds, run);
  Journal& journal = *run.journal;
  check_keeps_results(paths.out, whole, journal.records(), request.store);
  run.repeat = jobs_to_repeat(paths.store, plan, journal.records(), paths.out);
  fill_results_folder(paths.out, whole);
  if (!request.is_share) open_run_log(paths, "rank-0");
  write_last_run(paths.out, {request.command_line, fs::current_path(), fs::absolute(paths.store)});
  print_notes(whole);
  print_damage(journal);
  const RecordStore shared_records(paths.store);
  shared_records.save_finished(plan, journal, run.repeat);
  shared_records.load_and_append(plan, journal);
  journal.register_claims(whole.claims);  // what the store held was known before them
  return run;
}

// The first share begins as a run does that is alone; the others find it at work.
void begin_for_all_shares(const RunRequest& request, const Plan& whole, const Plan& plan) {
  try {
    const BegunRun first = begin_alone(request, 0, whole, plan);
    if (first.repeat.empty()) return;
    throw_<ConfigError>(
        "artefacts of {} finished jobs in {} are damaged, and their jobs have to run again before "
        "shares can begin: run the sweep once without --share",
        first.repeat.size(), request.paths.store.string());
  } catch (const FolderInUse&) {  // they hold it together, or one of them is just beginning
  }
}

BegunRun join_shares(const RunRequest& request, const Plan& whole, const Plan& plan) {
  const fs::path& out = request.paths.out;
  begin_for_all_shares(request, whole, plan);
  BegunRun run;
  run.paths = request.paths;
  run.journal = when_free(std::max(request.wait_seconds, kOtherShareBegins),
                          [&] { return std::make_unique<Journal>(out, Journal::OfNewShare{}); });
  if (read_plan(out).sweep_hash != whole.sweep_hash) {
    throw_<ConfigError>(
        "the shares that are at work in {} run another version of this sweep: let them end, or "
        "name another folder with --out",
        out.string());
  }
  run.paths.share = run.journal->share();
  open_run_log(run.paths, "rank-0");
  return run;
}

}  // namespace

BegunRun begin_run(const RunRequest& request, const Plan& whole, const Plan& plan) {
  const fs::path& out = request.paths.out;
  check_is_ours(out);
  check_keeps_results(out, whole, read_journal(out), request.store);
  return request.is_share ? join_shares(request, whole, plan)
                          : begin_alone(request, request.wait_seconds, whole, plan);
}

}  // namespace dovetail
