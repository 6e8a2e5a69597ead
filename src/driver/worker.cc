// SPDX-License-Identifier: Apache-2.0
#include "driver/worker.h"

#include "base/error.h"
#include "base/stop.h"

namespace dovetail {

namespace {

// Rank 0 may be held up by a slow disk, and giving it up ends the run here: be patient.
constexpr double kPatienceWithRankZero = 5;  // times the deadline of a worker
// What a stopped worker grants rank 0 to store its last records.
constexpr double kStoreSeconds = 3;
// Longer than rank 0 waits for others to leave.
constexpr double kByeSeconds = 8;

}  // namespace

void Worker::run() {
  try {
    work_until_end();
  } catch (...) {
    request_stop();  // or the job would go on to its end, for nobody
    throw;
  }
}

void Worker::work_until_end() {
  send(kHello, {});
  Pace pace;
  while (!ended_ && !may_leave()) jobs_.wait(pace.next(turn()));
  leave();
}

// Not before rank 0 has stopped listening: the caller's next messages are not for it. A rank that
// was stopped by itself has no next ones.
void Worker::leave() {
  send(kLeave, {});
  const auto said = Clock::now();
  Pace pace;
  while (ended_ && !dismissed_ && seconds_since(said) < kByeSeconds) {
    const std::optional<Message> message = communicator_.poll();
    if (message) receive(*message);
    jobs_.wait(pace.next(message.has_value()));
  }
}

bool Worker::turn() {
  bool happened = false;
  while (const std::optional<Message> message = communicator_.poll()) {
    receive(*message);
    happened = true;
  }
  if (std::optional<JobThread::Outcome> outcome = jobs_.poll()) {
    deliver(std::move(*outcome));
    happened = true;
  }
  show_life();
  return happened;
}

void Worker::receive(const Message& message) {
  heard_ = Clock::now();
  switch (message.tag) {
    case kWelcome: dead_after_seconds_ = body_of(message).get<double>(); break;
    case kJobs: jobs_.start(assignment_from(message)); break;
    case kStop: request_stop(); break;
    case kStored: num_unstored_ -= body_of(message).get<int64_t>(); break;
    case kEnd: ended_ = true; break;
    case kBye: dismissed_ = true; break;
    case kAlive: break;
    default: throw_<CommError>("rank 0 sent a message with the unknown tag {}", message.tag);
  }
  if (ended_ && jobs_.busy()) request_stop();  // rank 0 had to end the run early
}

void Worker::deliver(JobThread::Outcome outcome) {
  idle_since_ = Clock::now();
  if (outcome.interrupted) {
    send(kHandBack, {});
    return;
  }
  num_unstored_ += std::ssize(outcome.records);
  send(kRecords, to_message(outcome.records));
}

void Worker::show_life() {
  if (dead_after_seconds_ <= 0) return;
  if (seconds_since(heard_) > kPatienceWithRankZero * dead_after_seconds_) {
    throw_<CommError>("rank 0 has been silent for {:.0f} s; taken for dead", seconds_since(heard_));
  }
  if (seconds_since(shown_) < dead_after_seconds_ / 6) return;
  shown_ = Clock::now();
  send(kAlive, {});
}

// A signal may have reached this rank alone: its job is back at rank 0, and it goes.
bool Worker::may_leave() {
  if (!stop_requested() || jobs_.busy()) return false;
  return num_unstored_ <= 0 || seconds_since(idle_since_) > kStoreSeconds;
}

}  // namespace dovetail
