// SPDX-License-Identifier: Apache-2.0
// The coordinator and the other ranks: who is alive, who has which job, and how they are let go.

#include <algorithm>

#include "base/error.h"
#include "base/log.h"
#include "base/stop.h"
#include "driver/coordinator.h"

namespace dovetail {

namespace {

constexpr double kStopSeconds = 4;     // for jobs on other ranks, after a stop signal
constexpr double kFailureSeconds = 4;  // for the other ranks to go, after an error here

}  // namespace

void Coordinator::hand_back(int rank, Roster::State state) {
  for (const int64_t job : roster_.remove(rank, state)) {
    if (scheduler_.settled(job)) continue;
    scheduler_.give_back(job);
    journal_.note_release(plan_.jobs[job].key);
  }
}

void Coordinator::lose(int rank, const std::string& reason) {
  const std::vector<int64_t> jobs = roster_.remove(rank, Roster::State::gone);
  log_warning("rank {} is lost: {}; {}", rank, reason,
              jobs.empty() ? "it had no job" : "its job is put back: " + plan_.jobs[jobs[0]].name);
  for (const int64_t job : jobs) {
    if (scheduler_.settled(job)) continue;
    scheduler_.give_back(job);
    end_uncleanly(job);
  }
}

// Its begin stays open in the journal; after too many of them the job is at fault, not the rank.
void Coordinator::end_uncleanly(int64_t index) {
  const Job& job = plan_.jobs[index];
  const int count = journal_.unclean_ends(job.key);
  if (count < options_.max_unclean_ends) return;
  Record record = failed_record(
      job,
      fmt::format("its process died {} times while it ran, as if killed for too much memory; not "
                  "tried again, unless by dovetail run --retry-failed",
                  count),
      RunStatus::crashed);
  record.attempt = count;
  log_error("{}: {}", job.name, record.reason);
  store(record);
  settle(index, RunStatus::crashed);
}

void Coordinator::watch() {
  if (!watch_.due()) return;
  // This process may have been suspended, or its disk slow: the others' silence is then our own.
  if (seconds_since(watched_) > options_.dead_after_seconds / 2) roster_.hear_all();
  watched_ = Clock::now();
  const bool show_life = show_life_.due();
  for (int rank = 1; rank < roster_.size(); ++rank) {
    if (roster_.state(rank) == Roster::State::gone) continue;
    look_after(rank);
    if (show_life) send(rank, kAlive, {});
  }
}

void Coordinator::look_after(int rank) {
  const bool greeted = roster_.state(rank) != Roster::State::awaited;
  if (communicator_.gone(rank)) {
    lose(rank, "its process ended");
  } else if (greeted && roster_.silent_seconds(rank) > options_.dead_after_seconds) {
    lose(rank, fmt::format("silent for {:.0f} s", roster_.silent_seconds(rank)));
  }
}

void Coordinator::stop_jobs() {
  request_stop();  // for this rank's own job, however the stop came
  for (int rank = 1; rank < roster_.size(); ++rank) {
    if (roster_.state(rank) == Roster::State::busy) send(rank, kStop, {});
  }
  const auto asked = Clock::now();
  Pace pace;
  while (own_.busy() || (roster_.num_busy() > 0 && seconds_since(asked) < kStopSeconds)) {
    own_.wait(pace.next(turn()));
  }
  for (int rank = 1; rank < roster_.size(); ++rank) {
    if (roster_.state(rank) == Roster::State::busy) hand_back(rank, Roster::State::leaving);
  }
}

void Coordinator::end_workers(double seconds) {
  for (int rank = 1; rank < roster_.size(); ++rank) send(rank, kEnd, {});
  const auto told = Clock::now();
  const auto still_here = [this] {
    for (int rank = 1; rank < roster_.size(); ++rank) {
      if (roster_.state(rank) != Roster::State::gone) return true;
    }
    return false;
  };
  Pace pace;
  while (still_here() && seconds_since(told) < seconds) {
    const bool happened = receive_all();
    watch();
    own_.wait(pace.next(happened));
  }
  for (int rank = 1; rank < roster_.size(); ++rank) send(rank, kBye, {});
}

// An error is on its way to the caller: let everybody go, and hide it behind no second one.
void Coordinator::end_after_failure() {
  try {
    if (own_.busy()) request_stop();
    for (int rank = 1; rank < roster_.size(); ++rank) send(rank, kEnd, {});
    const auto told = Clock::now();
    int num_left = 0;
    Pace pace;
    while (own_.busy() ||
           (num_left < roster_.size() - 1 && seconds_since(told) < kFailureSeconds)) {
      const std::optional<Message> message = communicator_.poll();
      if (message && message->tag == kLeave) ++num_left;
      const bool ended = own_.poll().has_value();  // its record is made again by the next run
      own_.wait(pace.next(message || ended));
    }
    for (int rank = 1; rank < roster_.size(); ++rank) send(rank, kBye, {});
    for (int rank = 0; rank < roster_.size(); ++rank) hand_back(rank, Roster::State::gone);
  } catch (const std::exception& error) {
    log_warning("while ending after an error: {}", error.what());
  }
}

}  // namespace dovetail
