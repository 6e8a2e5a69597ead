// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <chrono>
#include <map>

#include "base/error.h"
#include "comm/communicator.h"
#include "mpi/world.h"

namespace dovetail {

namespace {

using testing_mpi::meet;
using testing_mpi::next_message;
using testing_mpi::world;

std::vector<uint8_t> filled(size_t size, int value) {
  return std::vector<uint8_t>(size, static_cast<uint8_t>(value));
}

}  // namespace

TEST(MpiCommunicator, EveryRankReachesEveryRank) {
  const int size = world().size();
  for (int rank = 0; rank < size; ++rank) world().send(rank, 10 + world().rank(), filled(3, rank));

  std::map<int, int> seen;
  for (int i = 0; i < size; ++i) {
    const Message message = next_message();
    EXPECT_EQ(message.tag, 10 + message.source);
    EXPECT_EQ(message.bytes, filled(3, world().rank()));
    ++seen[message.source];
  }
  EXPECT_EQ(seen.size(), size);
  meet();
}

// Messages above some thousand bytes travel in another way than small ones, and could be overtaken.
TEST(MpiCommunicator, OrderHoldsWhateverTheSizes) {
  const std::vector<size_t> sizes = {5'000'000, 1, 0, 70'000, 2, 300'000, 4'000, 4'100, 3};
  const int to = (world().rank() + 1) % world().size();
  const int from = (world().rank() + world().size() - 1) % world().size();
  for (size_t i = 0; i < sizes.size(); ++i) world().send(to, i, filled(sizes[i], i));

  for (size_t i = 0; i < sizes.size(); ++i) {
    const Message message = next_message();
    EXPECT_EQ(message.source, from);
    EXPECT_EQ(message.tag, i);
    EXPECT_EQ(message.bytes, filled(sizes[i], i));
  }
  meet();
}

TEST(MpiCommunicator, SendingNeverWaitsForTheReceiver) {
  const auto start = std::chrono::steady_clock::now();
  const int to = (world().rank() + 1) % world().size();
  constexpr int kCount = 2000;
  for (int i = 0; i < kCount; ++i) world().send(to, 1, filled(10'000, i));
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(10));

  for (int i = 0; i < kCount; ++i) EXPECT_EQ(next_message().bytes, filled(10'000, i));
  meet();
}

TEST(MpiCommunicator, NoRankIsDead) {
  for (int rank = 0; rank < world().size(); ++rank) EXPECT_FALSE(world().is_dead(rank));
  meet();
}

TEST(MpiCommunicator, RefusesRanksThatAreNot) {
  EXPECT_THROW(world().send(world().size(), 1, {}), std::logic_error);
  meet();
}

TEST(MpiCommunicator, MpiErrorsAreThrownWithItsText) {
  try {
    world().send(0, -5, {});
    FAIL() << "a negative tag was taken";
  } catch (const CommError& error) {
    EXPECT_NE(std::string(error.what()).find("MPI_Isend"), std::string::npos) << error.what();
    EXPECT_NE(std::string(error.what()).find("tag"), std::string::npos) << error.what();
  }
  meet();
}

}  // namespace dovetail
