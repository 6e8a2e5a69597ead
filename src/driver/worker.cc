// SPDX-License-Identifier: Apache-2.0
#include "driver/worker.h"

#include <sys/resource.h>

#include <csignal>

#include "base/crash_note.h"
#include "base/error.h"
#include "base/log.h"
#include "base/stop.h"

namespace dovetail {

namespace {

// Rank 0 gets a longer deadline than a worker: a slow disk may hold it up, and its death ends the
// run.
constexpr double kRankZeroDeadlineFactor = 5;
// How long a stopped worker waits for rank 0 to store its last records.
constexpr double kStoreSeconds = 3;
// How long a worker that left waits for the acknowledgement; longer than rank 0 waits for workers.
constexpr double kAckSeconds = 8;

}  // namespace

void Worker::run() {
  try {
    work_until_shutdown();
  } catch (...) {
    request_stop();  // nobody would get the records of the job that runs
    throw;
  }
}

void Worker::work_until_shutdown() {
  send(kHello, {});
  Pace pace;
  while (!shutdown_ && !may_leave()) jobs_.wait(pace.next(turn()));
  leave();
}

// Returns only once rank 0 has stopped listening: the caller's next messages are not meant for the
// coordinator. A rank that a signal stopped alone sends no more messages and leaves at once.
void Worker::leave() {
  send(kLeave, {});
  const auto left = Clock::now();
  Pace pace;
  while (shutdown_ && !shutdown_acknowledged_ && seconds_since(left) < kAckSeconds) {
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
  if (happened) jobs_.heard_now();
  if (std::optional<JobThread::Outcome> outcome = jobs_.poll()) {
    deliver(std::move(*outcome));
    happened = true;
  }
  end_if_hung();
  check_rank_0();
  send_heartbeat();
  return happened;
}

void Worker::receive(const Message& message) {
  heard_ = Clock::now();
  switch (message.tag) {
    case kWelcome:
      dead_after_seconds_ = body_of(message).get<double>();
      jobs_.begin_only_within(dead_after_seconds_ / 2);
      break;
    case kJobs: jobs_.start(assignment_from(message)); break;
    case kStop: request_stop(); break;
    case kDrop: jobs_.drop_rest(); break;
    case kStored: num_unstored_ -= body_of(message).get<int64_t>(); break;
    case kShutdown: shutdown_ = true; break;
    case kShutdownAck: shutdown_acknowledged_ = true; break;
    case kHeartbeat: break;
    default: throw_<CommError>("rank 0 sent a message with the unknown tag {}", message.tag);
  }
  if (shutdown_ && jobs_.busy()) request_stop();  // rank 0 ends the run early
}

void Worker::deliver(JobThread::Outcome outcome) {
  if (outcome.ended) idle_since_ = Clock::now();
  if (!outcome.interrupted || !outcome.records.empty()) {
    num_unstored_ += std::ssize(outcome.records);
    send(kRecords,
         to_message(Delivery{std::move(outcome.records), outcome.ended && !outcome.interrupted}));
  }
  if (outcome.interrupted)
    send(kHandBack, {outcome.machine_failure.begin(), outcome.machine_failure.end()});
}

void Worker::check_rank_0() {
  if (standstill_.stood_still(dead_after_seconds_ / 2)) heard_ = Clock::now();
  if (dead_after_seconds_ <= 0) return;
  const double silent_seconds = seconds_since(heard_);
  if (silent_seconds <= kRankZeroDeadlineFactor * dead_after_seconds_) return;
  throw_<CommError>("rank 0 has been silent for {:.0f} s and counts as dead", silent_seconds);
}

// Nothing ends a thread that hangs but its process.
void Worker::end_if_hung() {
  const std::string why = jobs_.why_hung();
  if (why.empty()) return;
  log_error("{}; this rank ends", why);
  leave_crash_note(kNoProgress);
  ::raise(SIGKILL);
}

void Worker::send_heartbeat() {
  if (dead_after_seconds_ <= 0) return;
  if (seconds_since(sent_heartbeat_) < dead_after_seconds_ / kHeartbeatsBeforeDeath) return;
  sent_heartbeat_ = Clock::now();
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  send(kHeartbeat, to_message(Json(int64_t{usage.ru_maxrss} * 1024)));
}

// A signal may have reached this rank alone. Once its job is back at rank 0, it leaves.
bool Worker::may_leave() {
  if (!stop_requested() || jobs_.busy()) return false;
  return num_unstored_ <= 0 || seconds_since(idle_since_) > kStoreSeconds;
}

}  // namespace dovetail
