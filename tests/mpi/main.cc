// SPDX-License-Identifier: Apache-2.0
// Runs GoogleTest on every rank: only rank 0 prints, but for failures of other ranks; the program
// fails if any rank fails.
#include <gtest/gtest.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <fstream>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>

#include "mpi/world.h"

namespace dovetail::testing_mpi {

namespace {

constexpr int kMeetTag = 32000;
Communicator* the_world = nullptr;

std::deque<Message> early_meetings;  // of ranks that wait for us already
std::deque<Message> early_messages;  // of ranks that are in the next test already

std::optional<Message> await_any() {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(1);
  while (std::chrono::steady_clock::now() < deadline) {
    if (auto message = world().poll()) return message;
    std::this_thread::sleep_for(std::chrono::microseconds(200));
  }
  throw std::runtime_error("another rank does not come");
}

Message await_meeting() {
  if (!early_meetings.empty()) {
    Message message = std::move(early_meetings.front());
    early_meetings.pop_front();
    return message;
  }
  const auto message = await_any();
  if (message->tag == kMeetTag) return *message;
  throw std::runtime_error("a message with tag " + std::to_string(message->tag) + " from rank " +
                           std::to_string(message->source) + " was left over");
}

// A rank that rank 0 has told first may be in its test, and write to us, before we are told.
void await_go() {
  for (;;) {
    const auto message = await_any();
    if (message->tag == kMeetTag) return;
    early_messages.push_back(*message);
  }
}

std::optional<Message> take_early() {
  if (early_messages.empty()) return std::nullopt;
  Message message = std::move(early_messages.front());
  early_messages.pop_front();
  return message;
}

// The sum over all ranks, on all ranks.
uint8_t sum_over_ranks(uint8_t mine) {
  if (world().rank() != 0) {
    world().send(0, kMeetTag, {mine});
    return await_meeting().bytes.at(0);
  }
  int sum = mine;
  for (int rank = 1; rank < world().size(); ++rank) sum += await_meeting().bytes.at(0);
  for (int rank = 1; rank < world().size(); ++rank) {
    world().send(rank, kMeetTag, {static_cast<uint8_t>(sum)});
  }
  return static_cast<uint8_t>(sum);
}

class FailuresOnly final : public testing::EmptyTestEventListener {
  void OnTestPartResult(const testing::TestPartResult& result) override {
    if (!result.failed()) return;
    const char* file = result.file_name() == nullptr ? "" : result.file_name();
    std::fprintf(stderr, "rank %d: %s:%d: %s\n", world().rank(), file, result.line_number(),
                 result.message());
  }
};

void print_on_rank_0_only() {
  if (world().rank() == 0) return;
  auto& listeners = testing::UnitTest::GetInstance()->listeners();
  delete listeners.Release(listeners.default_result_printer());
  listeners.Append(new FailuresOnly);
}

int run_tests() {
  const auto communicator = make_communicator();
  the_world = communicator.get();
  print_on_rank_0_only();
  const uint8_t failed = RUN_ALL_TESTS() != 0 ? 1 : 0;
  return sum_over_ranks(failed) == 0 ? 0 : 1;
}

}  // namespace

Communicator& world() { return *the_world; }

Message next_message() {
  if (auto early = take_early()) return *early;
  for (;;) {
    const auto message = await_any();
    if (message->tag != kMeetTag) return *message;
    early_meetings.push_back(*message);
  }
}

std::optional<Message> poll_message() {
  if (auto early = take_early()) return early;
  while (auto message = world().poll()) {
    if (message->tag != kMeetTag) return message;
    early_meetings.push_back(*message);
  }
  return std::nullopt;
}

// First nobody goes on, so that what is left over shows; then all do.
void meet() {
  sum_over_ranks(0);
  if (world().rank() != 0) {
    world().send(0, kMeetTag, {0});
    return await_go();
  }
  for (int rank = 1; rank < world().size(); ++rank) await_meeting();
  for (int rank = 1; rank < world().size(); ++rank) world().send(rank, kMeetTag, {0});
}

}  // namespace dovetail::testing_mpi

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  const char* rank = std::getenv("OMPI_COMM_WORLD_RANK");
  const char* file = std::getenv("DOVETAIL_EXIT_CODE_FILE");
  int code = 1;
  try {
    code = dovetail::testing_mpi::run_tests();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "the ranks lost each other: %s\n", error.what());
  }
  if (file == nullptr) return code;
  if (rank == nullptr || std::string(rank) == "0") std::ofstream(file) << code;
  return 0;  // mpirun complains of any other
}
