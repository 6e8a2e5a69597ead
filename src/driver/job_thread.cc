// SPDX-License-Identifier: Apache-2.0
#include "driver/job_thread.h"

#include <new>

#include "base/error.h"
#include "base/machine_failure.h"
#include "base/stop.h"

namespace dovetail {

JobThread::JobThread(int rank, const RunGroup& run_group)
    : rank_(rank), run_group_(run_group), thread_([this] { loop(); }) {}

JobThread::~JobThread() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void JobThread::start(Assignment assignment) {
  DOVETAIL_CHECK(!busy_);
  busy_ = true;
  hang_watch_.begin(assignment.hang_seconds);
  running_ = assignment.jobs.empty() ? "" : assignment.jobs[0].name;
  {
    const std::lock_guard lock(mutex_);
    to_do_ = std::move(assignment);
    dropped_ = false;
  }
  changed_.notify_all();
}

std::string JobThread::why_hung() {
  if (!busy_ || !hang_watch_.is_hung()) return "";
  return fmt::format("{} has made no progress for {:.0f} s and hangs", running_,
                     hang_watch_.allowed_seconds());
}

void JobThread::drop_rest() {
  {
    const std::lock_guard lock(mutex_);
    dropped_ = true;
  }
  changed_.notify_all();
}

void JobThread::begin_only_within(double seconds) {
  const std::lock_guard lock(mutex_);
  begin_within_ = seconds;
}

void JobThread::heard_now() {
  {
    const std::lock_guard lock(mutex_);
    heard_ = Clock::now();
  }
  changed_.notify_all();
}

std::optional<JobThread::Outcome> JobThread::poll() {
  if (!busy_) return std::nullopt;
  const std::lock_guard lock(mutex_);
  if (!outcome_.ended && outcome_.records.empty()) return std::nullopt;
  busy_ = !outcome_.ended;
  return std::exchange(outcome_, {});
}

void JobThread::wait(std::chrono::microseconds at_most) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, at_most, [this] { return outcome_.ended || !outcome_.records.empty(); });
}

void JobThread::loop() {
  for (;;) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return to_do_ || ending_; });
    if (!to_do_) return;
    const Assignment assignment = std::move(*to_do_);
    to_do_.reset();
    lock.unlock();
    run(assignment);
  }
}

Record failed_record(const Job& job, std::string reason, RunStatus status) {
  Record record;
  record.key = job.key;
  record.name = job.name;
  record.kind = job.kind;
  record.status = status;
  record.reason = std::move(reason);
  return record;
}

void RunGroup::hand_over(std::vector<Record> records, std::span<const Job> group,
                         const RecordSink& done) {
  if (records.size() != group.size()) {
    throw_<SystemError>("the trainer gave {} records for {} jobs", records.size(), group.size());
  }
  for (size_t i = 0; i < records.size(); ++i) done(i, std::move(records[i]));
}

void JobThread::hand_over(const Assignment& assignment, size_t job, Record record) {
  record.key = assignment.jobs[job].key;
  record.name = assignment.jobs[job].name;
  record.kind = assignment.jobs[job].kind;
  record.attempt = assignment.attempts[job];
  record.provenance["rank"] = rank_;
  record.provenance["attempt"] = record.attempt;
  const std::lock_guard lock(mutex_);
  outcome_.records.push_back(std::move(record));
  changed_.notify_all();
}

// Failures should be records, not exceptions. A RunGroup that throws must not end the process: the
// jobs without a record get one. Unlike base/run_guarded.h this lets Interrupted and MachineFailure
// alone pass, because nothing above it could handle another exception.
void JobThread::run_part(const Assignment& assignment, size_t first, size_t count) {
  std::vector<bool> done(count, false);
  const auto take = [&](size_t job, Record record) {
    done.at(job) = true;
    hand_over(assignment, first + job, std::move(record));
  };
  std::string failure = "the trainer gave no record for this job";
  try {
    run_group_(std::span(assignment.jobs).subspan(first, count), take);
  } catch (const Interrupted&) {
    throw;
  } catch (const MachineFailure&) {
    throw;
  } catch (const std::bad_alloc&) {
    failure = "out of memory";
  } catch (const std::exception& error) {
    failure = error.what();
  } catch (...) {
    failure = "an exception of an unknown type";
  }
  for (size_t job = 0; job < count; ++job) {
    if (!done[job])
      hand_over(assignment, first + job, failed_record(assignment.jobs[first + job], failure));
  }
}

// Waits until it is known whether the next job is still this rank's.
bool JobThread::may_begin() {
  constexpr auto kStopIsNoticedWithin = std::chrono::milliseconds(10);
  std::unique_lock lock(mutex_);
  const auto is_known = [this] {
    return dropped_ || ending_ || begin_within_ <= 0 || seconds_since(heard_) < begin_within_;
  };
  while (!changed_.wait_for(lock, kStopIsNoticedWithin, is_known)) check_stop();
  return !dropped_;
}

void JobThread::run(const Assignment& assignment) {
  const size_t count = assignment.jobs.size(), part = assignment.side_by_side ? count : 1;
  std::string machine_failure;
  bool interrupted = false;
  try {
    for (size_t first = 0; first < count; first += part) {
      if (first > 0) check_stop();
      if (!may_begin()) break;
      run_part(assignment, first, part);
    }
  } catch (const Interrupted&) {
    interrupted = true;
  } catch (const MachineFailure& error) {
    interrupted = true;
    machine_failure = error.what();
  }
  const std::lock_guard lock(mutex_);
  outcome_.interrupted = interrupted;
  outcome_.machine_failure = machine_failure;
  outcome_.ended = true;
  changed_.notify_all();
}

}  // namespace dovetail
