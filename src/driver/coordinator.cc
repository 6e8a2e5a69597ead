// SPDX-License-Identifier: Apache-2.0
#include "driver/coordinator.h"

#include <algorithm>
#include <csignal>
#include <utility>

#include "base/crash_note.h"
#include "base/error.h"
#include "base/log.h"
#include "base/stop.h"
#include "driver/job_leases.h"

namespace dovetail {

namespace {

constexpr double kReportSeconds = 0.25;
constexpr double kReadOthersSeconds = 1;
constexpr double kStopSeconds = 4;            // for jobs on other ranks, after a stop signal
constexpr double kLeaveSeconds = 5;           // for other ranks to leave, at the end of a run
constexpr double kLeaveStoppedSeconds = 0.8;  // the same after a signal: all ends within 5 s
constexpr double kLeaveFailedSeconds = 4;     // the same after an error on rank 0

}  // namespace

Coordinator::Coordinator(Communicator& communicator, const Plan& plan, Journal& journal,
                         const RunGroup& run_group, const DriverOptions& options)
    : communicator_(communicator),
      options_(options),
      ledger_(plan, journal, options),
      roster_(communicator.size()),
      heartbeats_(communicator, roster_, options.dead_after_seconds),
      report_progress_(kReportSeconds),
      read_others_(kReadOthersSeconds),
      own_(0, run_group) {
  if (!options.rank_0_works) roster_.remove(0, RankState::left);
}

RunSummary Coordinator::run() {
  try {
    ledger_.load_journal();
    Pace pace;
    while (!stopping_ && !ledger_.complete() && !left_to_others_) {
      own_.wait(pace.next(turn()));
      stopping_ = stop_requested();
    }
    if (stopping_) stop_jobs();
    shut_down_workers(stopping_ ? kLeaveStoppedSeconds : kLeaveSeconds);
    if (options_.on_progress) options_.on_progress(progress());
  } catch (...) {
    shut_down_after_error();
    throw;
  }
  RunSummary summary = ledger_.summary(stopping_);
  summary.machine_failure = machine_failure_;
  return summary;
}

bool Coordinator::turn() {
  bool happened = collect_own_records();
  happened |= receive_all();
  if (options_.leases != nullptr) happened |= follow_other_shares();
  happened |= ledger_.record_blocked();
  if (!stopping_ && !stop_requested()) happened |= assign_jobs();
  remove_dead_ranks();
  end_if_hung();
  if (options_.on_progress && report_progress_.due()) options_.on_progress(progress());
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
  store_arrived();
  return num_received > 0;
}

void Coordinator::receive(const Message& message) {
  const int rank = message.source;
  roster_.hear(rank);
  if (message.tag == kHeartbeat)
    return roster_.set_peak_bytes(rank, body_of(message).get<int64_t>());
  if (message.tag == kRecords) return accept(rank, delivery_from(message));
  store_arrived();  // what the rank says next is about the jobs that have no record yet
  switch (message.tag) {
    case kHello:
      roster_.end(rank);
      send(rank, kWelcome, to_message(Json(options_.dead_after_seconds)));
      break;
    case kHandBack: take_back(rank, {message.bytes.begin(), message.bytes.end()}); break;
    case kLeave: release_jobs(rank, RankState::left); break;
    default: throw_<CommError>("rank {} sent a message with the unknown tag {}", rank, message.tag);
  }
}

bool Coordinator::collect_own_records() {
  std::optional<JobThread::Outcome> outcome = own_.poll();
  if (!outcome) return false;
  accept(0, {std::move(outcome->records), outcome->ended && !outcome->interrupted});
  if (outcome->interrupted) {
    store_arrived();
    take_back(0, outcome->machine_failure);
  }
  return true;
}

bool Coordinator::follow_other_shares() {
  options_.leases->beat();
  return read_others_.due() && ledger_.read_others();
}

// Jobs that took their process down before go to other ranks, where they cannot end the run.
bool Coordinator::assign_jobs() {
  bool happened = false;
  const std::vector<int> idle(roster_.idle().begin(), roster_.idle().end());
  for (const int rank : idle) {
    if (!ledger_.any_ready()) break;
    const bool careful = rank == 0 && roster_.num_present() > 1;
    TakenJobs taken = ledger_.take(careful, roster_.num_present(), roster_.last_job(rank));
    if (taken.jobs.empty()) continue;
    assign(rank, std::move(taken));
    happened = true;
  }
  left_to_others_ = options_.leases != nullptr && !happened && roster_.num_busy() == 0 &&
                    !ledger_.complete() && ledger_.left_to_others();
  return happened;
}

void Coordinator::assign(int rank, TakenJobs taken) {
  Assignment assignment = ledger_.begin(taken);
  roster_.begin(rank, std::move(taken.jobs));
  if (rank == 0) {
    own_.start(std::move(assignment));
  } else {
    send(rank, kJobs, to_message(assignment));
  }
}

void Coordinator::accept(int rank, Delivery delivery) {
  const double seconds =
      roster_.busy_seconds(rank) / std::max<double>(1, std::ssize(delivery.records));
  for (Record& record : delivery.records) {
    const std::optional<int64_t> job = ledger_.index_of(record);
    if (!job) {
      throw_<CommError>("rank {} sent the record of {}, which is no job of this plan", rank,
                        record.name);
    }
    arrived_.push_back({*job, std::move(record), seconds});
    roster_.finish_job(rank, *job);
  }
  deliveries_.push_back({rank, std::ssize(delivery.records), delivery.ended});
}

void Coordinator::store_arrived() {
  ledger_.add_records(std::exchange(arrived_, {}));
  for (const auto& [rank, num_records, ended] : std::exchange(deliveries_, {})) {
    if (ended)
      for (const int64_t left_out : roster_.end(rank)) ledger_.release(left_out);
    if (rank > 0) send(rank, kStored, to_message(Json(num_records)));
    // The last records of a rank may arrive after its death was noticed.
    if (communicator_.is_dead(rank)) declare_dead(rank, "its process ended");
  }
}

void Coordinator::take_back(int rank, const std::string& machine_failure) {
  if (!machine_failure.empty() && machine_failure_.empty()) {
    const std::vector<int64_t>& jobs = roster_.jobs(rank);
    const std::string where = roster_.size() > 1 ? fmt::format("rank {}, ", rank) : "";
    machine_failure_ = fmt::format(
        "{}{}: {}", where, jobs.empty() ? "no job" : ledger_.job(jobs[0]).name, machine_failure);
    log_error("{}", machine_failure_);
    request_stop();
  }
  release_jobs(rank, RankState::stopping);
}

void Coordinator::release_jobs(int rank, RankState state) {
  for (const int64_t job : roster_.remove(rank, state)) ledger_.release(job);
}

void Coordinator::declare_dead(int rank, const std::string& reason) {
  const std::vector<int64_t> jobs = roster_.remove(rank, RankState::left);
  const std::string others =
      jobs.size() > 1 ? fmt::format(" and {} of its group", jobs.size() - 1) : "";
  log_warning("rank {} is lost: {}; {}", rank, reason,
              jobs.empty() ? "it had no job" : "put back: " + ledger_.job(jobs[0]).name + others);
  const CrashReports::Death death{.rank = rank,
                                  .on_this_machine = communicator_.is_dead(rank),
                                  .peak_bytes = roster_.peak_bytes(rank)};
  for (const int64_t job : jobs) ledger_.lose(job, death);
  if (!communicator_.is_dead(rank)) send(rank, kDrop, {});
}

void Coordinator::remove_dead_ranks() {
  for (const HeartbeatMonitor::Death& death : heartbeats_.check()) {
    declare_dead(death.rank, death.reason);
  }
}

// Nothing ends a thread that hangs but its process; the same command goes on without the job's run.
void Coordinator::end_if_hung() {
  const std::string why = own_.why_hung();
  if (why.empty()) return;
  log_error("{}; rank 0 ends, and with it this run", why);
  leave_crash_note(kNoProgress);
  if (options_.end_rank_0) options_.end_rank_0(why);
  ::raise(SIGKILL);
}

void Coordinator::send_to_workers(int tag) {
  for (int rank = 1; rank < roster_.size(); ++rank) send(rank, tag, {});
}

void Coordinator::stop_jobs() {
  request_stop();  // stops this rank's own job, also where the stop was not a signal
  for (int rank = 1; rank < roster_.size(); ++rank) {
    if (roster_.state(rank) == RankState::busy) send(rank, kStop, {});
  }
  const auto asked = Clock::now();
  Pace pace;
  while (own_.busy() || (roster_.num_busy() > 0 && seconds_since(asked) < kStopSeconds)) {
    own_.wait(pace.next(turn()));
  }
  for (int rank = 1; rank < roster_.size(); ++rank) {
    if (roster_.state(rank) == RankState::busy) release_jobs(rank, RankState::stopping);
  }
}

void Coordinator::shut_down_workers(double seconds) {
  send_to_workers(kShutdown);
  const auto asked = Clock::now();
  const auto any_worker_left = [this] {
    for (int rank = 1; rank < roster_.size(); ++rank) {
      if (roster_.state(rank) != RankState::left) return true;
    }
    return false;
  };
  Pace pace;
  while (any_worker_left() && seconds_since(asked) < seconds) {
    const bool happened = receive_all();
    remove_dead_ranks();
    own_.wait(pace.next(happened));
  }
  send_to_workers(kShutdownAck);
}

// An error is on its way to the caller. This shuts down the workers and only logs further errors,
// so that the first one is reported.
void Coordinator::shut_down_after_error() {
  try {
    if (own_.busy()) request_stop();
    send_to_workers(kShutdown);
    const auto asked = Clock::now();
    int num_left = 0;
    Pace pace;
    while (own_.busy() ||
           (num_left < roster_.size() - 1 && seconds_since(asked) < kLeaveFailedSeconds)) {
      const std::optional<Message> message = communicator_.poll();
      if (message && message->tag == kLeave) ++num_left;
      const bool ended = own_.poll().has_value();  // the next run makes its records again
      own_.wait(pace.next(message || ended));
    }
    send_to_workers(kShutdownAck);
    for (int rank = 0; rank < roster_.size(); ++rank) release_jobs(rank, RankState::left);
  } catch (const std::exception& error) {
    log_warning("while shutting down after an error: {}", error.what());
  }
}

Progress Coordinator::progress() const {
  std::vector<RunningJob> running;
  std::vector<RankActivity> ranks;
  for (int rank = 0; rank < roster_.size(); ++rank) {
    ranks.push_back({roster_.state(rank), ""});
    if (roster_.state(rank) != RankState::busy) continue;
    if (roster_.jobs(rank).empty()) continue;  // its last record is on the way
    ranks.back().job = ledger_.job(roster_.jobs(rank)[0]).name;
    for (const int64_t job : roster_.jobs(rank)) {
      running.push_back(
          {job, roster_.busy_seconds(rank) / static_cast<double>(roster_.jobs(rank).size())});
    }
  }
  Progress progress = ledger_.progress(running, roster_.num_present(), seconds_since(started_));
  progress.ranks = std::move(ranks);
  return progress;
}

}  // namespace dovetail
