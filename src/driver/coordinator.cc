// SPDX-License-Identifier: Apache-2.0
#include "driver/coordinator.h"

#include <algorithm>
#include <numeric>

#include "base/error.h"
#include "base/log.h"
#include "base/stop.h"
#include "plan/makespan.h"

namespace dovetail {

namespace {

constexpr double kWatchSeconds = 0.25;
constexpr double kReportSeconds = 0.25;
constexpr double kLeaveSeconds = 5;           // for other ranks to go, at the end of a run
constexpr double kLeaveStoppedSeconds = 0.8;  // the same after a signal: in 5 s all is over

double total_cost(const std::vector<Job>& jobs) {
  return std::accumulate(jobs.begin(), jobs.end(), 0.0,
                         [](double sum, const Job& job) { return sum + job.cost_seconds; });
}

}  // namespace

Coordinator::Coordinator(Communicator& communicator, const Plan& plan, Journal& journal,
                         const RunGroup& run_group, const DriverOptions& options)
    : communicator_(communicator),
      plan_(plan),
      journal_(journal),
      options_(options),
      longest_paths_(longest_paths(plan.jobs)),
      scheduler_(plan.jobs, longest_paths_),
      roster_(communicator.size()),
      estimate_(total_cost(plan.jobs)),
      watch_(kWatchSeconds),
      show_life_(options.dead_after_seconds / 6),
      report_(kReportSeconds),
      own_(0, run_group) {
  for (int64_t job = 0; job < std::ssize(plan.jobs); ++job) by_key_[plan.jobs[job].key] = job;
}

RunSummary Coordinator::run() {
  try {
    take_over_journal();
    Pace pace;
    while (!stopping_ && !(scheduler_.done() && blocked_.empty())) {
      own_.wait(pace.next(turn()));
      stopping_ = stop_requested();
    }
    if (stopping_) stop_jobs();
    end_workers(stopping_ ? kLeaveStoppedSeconds : kLeaveSeconds);
    if (options_.on_progress) options_.on_progress(progress());
  } catch (...) {
    end_after_failure();
    throw;
  }
  return summary();
}

bool Coordinator::turn() {
  bool happened = receive_all();
  happened |= collect_own();
  happened |= record_blocked();
  if (!stopping_ && !stop_requested()) happened |= hand_out();
  watch();
  report();
  return happened;
}

bool Coordinator::receive_all() {
  constexpr int kAtOnce = 256;
  int num_received = 0;
  for (; num_received < kAtOnce; ++num_received) {
    const std::optional<Message> message = communicator_.poll();
    if (!message) break;
    receive(*message);
  }
  return num_received > 0;
}

void Coordinator::receive(const Message& message) {
  const int rank = message.source;
  roster_.hear(rank);
  switch (message.tag) {
    case kHello:
      roster_.end(rank);
      send(rank, kWelcome, to_message(Json(options_.dead_after_seconds)));
      break;
    case kRecords: {
      std::vector<Record> records = records_from(message);
      const size_t count = records.size();
      store(rank, std::move(records));
      send(rank, kStored, to_message(Json(count)));
      break;
    }
    case kHandBack: hand_back(rank, Roster::State::leaving); break;
    case kLeave: hand_back(rank, Roster::State::gone); break;
    case kAlive: break;
    default: throw_<CommError>("rank {} sent a message with the unknown tag {}", rank, message.tag);
  }
}

bool Coordinator::collect_own() {
  std::optional<JobThread::Outcome> outcome = own_.poll();
  if (!outcome) return false;
  if (outcome->interrupted) {
    hand_back(0, Roster::State::leaving);
  } else {
    store(0, std::move(outcome->records));
  }
  return true;
}

// A job that took its process down before is better tried where it cannot take the run down.
bool Coordinator::hand_out() {
  bool happened = false;
  const std::vector<int> idle(roster_.idle().begin(), roster_.idle().end());
  for (const int rank : idle) {
    if (scheduler_.num_ready() == 0) break;
    const bool careful = rank == 0 && roster_.num_present() > 1;
    const auto accepts = [&](int64_t job) {
      return !careful || journal_.unclean_ends(plan_.jobs[job].key) < 2;
    };
    if (const std::optional<int64_t> job = scheduler_.take(accepts)) {
      assign(rank, *job);
      happened = true;
    }
  }
  return happened;
}

void Coordinator::assign(int rank, int64_t index) {
  const Job& job = plan_.jobs[index];
  journal_.note_begin(job.key);
  const Record* earlier = known_record(job);
  const int64_t attempts_before =
      earlier != nullptr && earlier->status == RunStatus::failed ? earlier->attempt : 0;
  Assignment assignment{{job}, {attempts_before + journal_.unclean_ends(job.key)}};
  roster_.begin(rank, {index});
  if (rank == 0) {
    own_.start(std::move(assignment));
  } else {
    send(rank, kJobs, to_message(assignment));
  }
}

const Record* Coordinator::known_record(const Job& job) const {
  const auto found = journal_.records().find(job.key);
  return found == journal_.records().end() ? nullptr : &found->second;
}

void Coordinator::store(int rank, std::vector<Record> records) {
  const double seconds = roster_.busy_seconds(rank) / std::max<double>(1, std::ssize(records));
  for (const Record& record : records) {
    const auto found = by_key_.find(record.key);
    if (found == by_key_.end()) {
      throw_<CommError>("rank {} sent the record of {}, which is no job of this plan", rank,
                        record.name);
    }
    // A rank that was given up may come back with what another one has done meanwhile.
    if (scheduler_.settled(found->second)) continue;
    store(record);
    estimate_.add_run(plan_.jobs[found->second].cost_seconds, seconds);
    settle(found->second, record.status);
  }
  roster_.end(rank);
  // Its last words may arrive after its death was noticed.
  if (communicator_.gone(rank)) lose(rank, "its process ended");
}

void Coordinator::store(const Record& record) {
  journal_.append(record);
  if (options_.on_record) options_.on_record(record);
}

void Coordinator::settle(int64_t job, RunStatus status) {
  if (status == RunStatus::finished) {
    ++num_finished_;
    scheduler_.finish(job);
  } else {
    ++num_failed_;
    block(scheduler_.fail(job));
  }
}

void Coordinator::block(const std::vector<Scheduler::Blocked>& blocked) {
  num_blocked_ += std::ssize(blocked);
  for (const Scheduler::Blocked& one : blocked) {
    estimate_.add_skipped(plan_.jobs[one.job].cost_seconds);
    blocked_.push_back(one);
  }
}

// Thousands of jobs may need one that failed, and each record costs a write to the disk: a few a
// round, so that the ranks at work do not wait.
bool Coordinator::record_blocked() {
  constexpr int kAtOnce = 16;
  int num_recorded = 0;
  for (; num_recorded < kAtOnce && !blocked_.empty(); ++num_recorded) {
    const auto [job, input] = blocked_.front();
    blocked_.pop_front();
    const Job& needed = plan_.jobs[input];
    const Record* cause = known_record(needed);
    Record record = failed_record(
        plan_.jobs[job], fmt::format("its input {} failed: {}", needed.name,
                                     cause != nullptr ? cause->reason : "no reason is known"));
    record.provenance["failed_input"] = needed.key;
    const Record* known = known_record(plan_.jobs[job]);
    if (known == nullptr || known->reason != record.reason) store(record);
  }
  return num_recorded > 0;
}

}  // namespace dovetail
