// SPDX-License-Identifier: Apache-2.0
#include "driver/job_thread.h"

#include <new>

#include "base/error.h"
#include "base/machine_failure.h"

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
  {
    const std::lock_guard lock(mutex_);
    to_do_ = std::move(assignment);
  }
  changed_.notify_all();
}

std::optional<JobThread::Outcome> JobThread::poll() {
  if (!busy_) return std::nullopt;
  const std::lock_guard lock(mutex_);
  if (!outcome_) return std::nullopt;
  busy_ = false;
  return std::exchange(outcome_, std::nullopt);
}

void JobThread::wait(std::chrono::microseconds at_most) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, at_most, [this] { return outcome_.has_value(); });
}

void JobThread::loop() {
  for (;;) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return to_do_ || ending_; });
    if (!to_do_) return;
    Assignment assignment = std::move(*to_do_);
    to_do_.reset();
    lock.unlock();
    Outcome outcome = run(std::move(assignment));
    lock.lock();
    outcome_ = std::move(outcome);
    lock.unlock();
    changed_.notify_all();
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

namespace {

std::vector<Record> all_failed(const std::vector<Job>& jobs, const std::string& reason) {
  std::vector<Record> records;
  for (const Job& job : jobs) records.push_back(failed_record(job, reason));
  return records;
}

// Failures should be records, not exceptions. A RunGroup that throws must not end the process.
// Unlike base/run_guarded.h this lets Interrupted and MachineFailure alone pass, because nothing
// above it could handle another exception.
std::vector<Record> run_or_fail(const RunGroup& run_group, const std::vector<Job>& jobs) {
  try {
    std::vector<Record> records = run_group(jobs);
    if (records.size() == jobs.size()) return records;
    return all_failed(
        jobs, fmt::format("the trainer gave {} records for {} jobs", records.size(), jobs.size()));
  } catch (const Interrupted&) {
    throw;
  } catch (const MachineFailure&) {
    throw;
  } catch (const std::bad_alloc&) {
    return all_failed(jobs, "out of memory");
  } catch (const std::exception& error) {
    return all_failed(jobs, error.what());
  } catch (...) {
    return all_failed(jobs, "an exception of an unknown type");
  }
}

}  // namespace

JobThread::Outcome JobThread::run(Assignment assignment) const {
  Outcome outcome{std::move(assignment), {}, false, ""};
  const std::vector<Job>& jobs = outcome.assignment.jobs;
  try {
    outcome.records = run_or_fail(run_group_, jobs);
  } catch (const Interrupted&) {
    outcome.interrupted = true;
    return outcome;
  } catch (const MachineFailure& failure) {
    outcome.interrupted = true;
    outcome.machine_failure = failure.what();
    return outcome;
  }
  for (size_t i = 0; i < jobs.size(); ++i) {
    Record& record = outcome.records[i];
    record.key = jobs[i].key;
    record.name = jobs[i].name;
    record.kind = jobs[i].kind;
    record.attempt = outcome.assignment.attempts[i];
    record.provenance["rank"] = rank_;
    record.provenance["attempt"] = record.attempt;
  }
  return outcome;
}

}  // namespace dovetail
