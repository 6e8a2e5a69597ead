// SPDX-License-Identifier: Apache-2.0
#include "comm/mpi_communicator.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <future>
#include <optional>
#include <set>
#include <stop_token>
#include <thread>

#include "base/error.h"
#include "base/log.h"
#include "base/stop.h"
#include "comm/mpi_calls.h"
#include "comm/process_identity.h"

namespace dovetail {

namespace {

using MpiClock = std::chrono::steady_clock;

constexpr auto kStartTime = std::chrono::minutes(2);             // for MPI_Init
constexpr auto kStartStopTime = std::chrono::seconds(2);         // the same after a stop signal
constexpr auto kCheckEvery = std::chrono::milliseconds(200);     // of one peer's process
constexpr auto kFlushTime = std::chrono::seconds(2);             // for the last sends, at the end
constexpr auto kFinishTime = std::chrono::seconds(10);           // for MPI_Finalize
constexpr auto kFinishTimeAfterDeath = std::chrono::seconds(1);  // when a rank is known to be dead

class MpiCommunicator final : public Communicator {
 public:
  MpiCommunicator(MPI_Comm group, const std::vector<ProcessIdentity>& peers)
      : Communicator(mpi::rank_in(group), mpi::size_of(group)),
        group_(group),
        peers_(peers.size()) {
    ++num_alive;
    for (size_t i = 0; i < peers.size(); ++i) peers_[i].identity = peers[i];
  }
  ~MpiCommunicator() override;

  void send(int destination, int tag, std::vector<uint8_t> bytes) override;
  std::optional<Message> poll() override;
  bool is_dead(int rank) override;

 private:
  // Requests with their messages, in order; a completed request is MPI_REQUEST_NULL. MPI holds
  // pointers to the bytes, which stay where they are when a Message moves.
  struct Pending {
    std::vector<MPI_Request> requests;
    std::vector<Message> messages;  // of a send, `source` is its destination

    void erase(size_t i) {
      requests.erase(requests.begin() + static_cast<std::ptrdiff_t>(i));
      messages.erase(messages.begin() + static_cast<std::ptrdiff_t>(i));
    }
    void erase_done();
  };
  struct Peer {
    ProcessIdentity identity;
    MpiClock::time_point checked;
    bool dead = false;
  };

  void progress_sends();
  void match_arrivals();
  std::optional<Message> take_first_complete();
  void flush_sends();
  void abandon_pending();
  void finish_in_time();

  // The last communicator to be destroyed finalises MPI. It waits a shorter time if any of them
  // has seen a rank die.
  static inline std::atomic<int> num_alive = 0;
  static inline std::atomic<bool> any_death = false;

  const MPI_Comm group_;
  Pending sends_, receives_;
  std::vector<Peer> peers_;
};

void MpiCommunicator::Pending::erase_done() {
  size_t kept = 0;
  for (size_t i = 0; i < requests.size(); ++i) {
    if (requests[i] == MPI_REQUEST_NULL) continue;
    requests[kept] = requests[i];
    if (kept != i) messages[kept] = std::move(messages[i]);
    ++kept;
  }
  requests.resize(kept);
  messages.resize(kept);
}

void MpiCommunicator::send(int destination, int tag, std::vector<uint8_t> bytes) {
  DOVETAIL_CHECK(destination >= 0 && destination < size());
  if (is_dead(destination)) return;
  sends_.requests.push_back(mpi::begin_send(bytes, destination, tag, group_));
  sends_.messages.push_back({destination, tag, std::move(bytes)});
}

void MpiCommunicator::progress_sends() {
  mpi::test_all(sends_.requests);
  sends_.erase_done();
}

// A plain receive of a large message would block for ever if its sender died on the way, so
// receives are non-blocking too.
void MpiCommunicator::match_arrivals() {
  constexpr int kAtOnce = 64;  // a flood of messages must not keep poll() from returning
  for (int i = 0; i < kAtOnce; ++i) {
    std::optional<mpi::Incoming> incoming = mpi::match_any(group_);
    if (!incoming) return;
    Message message{incoming->source, incoming->tag, std::vector<uint8_t>(incoming->size)};
    receives_.requests.push_back(mpi::begin_receive(*incoming, message.bytes));
    receives_.messages.push_back(std::move(message));
  }
}

// A small message may be complete before a large one that the same rank sent first; order must
// hold.
std::optional<Message> MpiCommunicator::take_first_complete() {
  mpi::test_all(receives_.requests);
  std::set<int> waiting_for;
  for (size_t i = 0; i < receives_.requests.size(); ++i) {
    const int source = receives_.messages[i].source;
    if (waiting_for.contains(source)) continue;
    if (receives_.requests[i] == MPI_REQUEST_NULL) {
      Message message = std::move(receives_.messages[i]);
      receives_.erase(i);
      return message;
    }
    waiting_for.insert(source);
  }
  return std::nullopt;
}

std::optional<Message> MpiCommunicator::poll() {
  // Complete messages come first, so that working off a backlog stays cheap.
  if (std::optional<Message> message = take_first_complete()) return message;
  progress_sends();
  match_arrivals();
  if (std::optional<Message> message = take_first_complete()) return message;
  if (rank() != 0 && is_dead(0)) throw CommError("rank 0 is dead: its process ended early");
  return std::nullopt;
}

bool MpiCommunicator::is_dead(int rank) {
  Peer& peer = peers_.at(rank);
  const auto now = MpiClock::now();
  if (!peer.dead && now - peer.checked >= kCheckEvery) {
    peer.checked = now;
    peer.dead = has_ended(peer.identity);
  }
  return peer.dead;
}

MpiCommunicator::~MpiCommunicator() {
  try {
    flush_sends();
    abandon_pending();
    any_death = any_death || std::ranges::any_of(peers_, [](const Peer& peer) {
                  return peer.dead || has_ended(peer.identity);
                });
    if (--num_alive == 0) finish_in_time();
  } catch (const std::exception& error) {
    log_warning("MPI was not finalised cleanly: {}", error.what());
  }
}

void MpiCommunicator::flush_sends() {
  const auto deadline = MpiClock::now() + kFlushTime;
  const auto to_living = [this](const Message& message) { return !is_dead(message.source); };
  for (progress_sends(); std::ranges::any_of(sends_.messages, to_living); progress_sends()) {
    if (MpiClock::now() > deadline) return;
    match_arrivals();  // a peer may have to finish its own sends before it receives ours
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

// MPI keeps using the memory of messages that never got through, so this leaks it on purpose.
void MpiCommunicator::abandon_pending() {
  static std::vector<Pending>& abandoned = *new std::vector<Pending>;
  abandoned.push_back(std::move(sends_));
  abandoned.push_back(std::move(receives_));
}

// MPI_Finalize waits for all ranks, one of which may be dead or stuck. All results are on disk by
// now, so after a while the process ends without it.
void MpiCommunicator::finish_in_time() {
  auto done = std::make_shared<std::promise<void>>();
  std::future<void> finished = done->get_future();
  std::thread([done] {
    try {
      mpi::finish();
    } catch (const std::exception& error) {
      log_warning("{}", error.what());
    }
    done->set_value();
  }).detach();
  if (finished.wait_for(any_death ? kFinishTimeAfterDeath : kFinishTime) ==
      std::future_status::timeout) {
    log_warning("rank {} ends without MPI_Finalize, which waits for a dead rank", rank());
  }
}

// Ends the process if MPI_Init does not return in time. MPI_Init waits for all ranks, for ever if
// one died before it got there, and nothing else interrupts it.
class StartWatch {
 public:
  StartWatch() : thread_([](const std::stop_token& started) { watch(started); }) {}

 private:
  static void watch(const std::stop_token& started) {
    const auto begin = MpiClock::now();
    std::optional<MpiClock::time_point> asked_to_stop;
    while (!started.stop_requested()) {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
      if (MpiClock::now() - begin > kStartTime) {
        log_error("MPI does not start: another rank ended before MPI_Init, or never started");
        std::_Exit(kFailure);
      }
      if (!asked_to_stop && stop_requested()) asked_to_stop = MpiClock::now();
      if (asked_to_stop && MpiClock::now() - *asked_to_stop > kStartStopTime)
        std::_Exit(kInterrupted);
    }
  }

  std::jthread thread_;
};

std::vector<ProcessIdentity> gather_identities(MPI_Comm group) {
  const ProcessIdentity mine = own_identity();
  static_assert(std::is_trivially_copyable_v<ProcessIdentity>);
  const std::vector<uint8_t> all =
      mpi::all_gather({reinterpret_cast<const uint8_t*>(&mine), sizeof(mine)}, group);
  std::vector<ProcessIdentity> identities(all.size() / sizeof(mine));
  std::memcpy(identities.data(), all.data(), all.size());
  return identities;
}

std::unique_ptr<Communicator> communicator_of(MPI_Comm group) {
  return std::make_unique<MpiCommunicator>(group, gather_identities(group));
}

}  // namespace

std::unique_ptr<Communicator> make_mpi_communicator() {
  const StartWatch watch;
  mpi::start();
  return communicator_of(MPI_COMM_WORLD);
}

Communicators make_mpi_communicators(int group_size) {
  const StartWatch watch;
  mpi::start();
  const int rank = mpi::rank_in(MPI_COMM_WORLD), size = mpi::size_of(MPI_COMM_WORLD);
  if (size % group_size != 0) {
    const auto world = communicator_of(MPI_COMM_WORLD);  // finalises MPI
    if (rank != 0) return {};
    throw_<ConfigError>(
        "--data-parallel {0}: expected a multiple of {0} ranks, found {1}; {1} ranks cannot be cut "
        "into groups of {0}, so start a multiple of {0}",
        group_size, size);
  }
  const bool leads = rank % group_size == 0;
  const MPI_Comm leaders = mpi::split_world(leads ? 0 : 1),
                 group = mpi::split_world(rank / group_size);
  return {leads ? communicator_of(leaders) : nullptr, communicator_of(group)};
}

}  // namespace dovetail
