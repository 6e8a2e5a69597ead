// SPDX-License-Identifier: Apache-2.0
// All-reduces over ranks, through both transports, against sums computed serially.
#include "comm/data_parallel_group.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <numeric>
#include <random>

#include "base/data_parallel_failure.h"
#include "comm/chunk_range.h"
#include "mpi/world.h"

namespace dovetail {
namespace {

using testing_mpi::meet;
using testing_mpi::world;

// A group of all ranks. A rank that has finished a test may already wait in meet(), whose messages
// the group must not see.
class WorldAsGroup final : public Communicator {
 public:
  WorldAsGroup() : Communicator(world().rank(), world().size()) {}
  void send(int destination, int tag, std::vector<uint8_t> bytes) override {
    world().send(destination, tag, std::move(bytes));
  }
  std::optional<Message> poll() override { return testing_mpi::poll_message(); }
  bool is_dead(int rank) override { return world().is_dead(rank); }
};

// The gradient of a rank in a slot, which every rank can compute.
std::vector<float> numbers_of(int rank, size_t slot, size_t size) {
  std::mt19937 random(static_cast<unsigned>(1000 * rank) + static_cast<unsigned>(slot));
  std::normal_distribution<float> normal;
  std::vector<float> numbers(size);
  for (float& number : numbers) number = normal(random);
  return numbers;
}

// The sum in float32, in the order of the ranks.
std::vector<float> expected_sum(size_t slot, size_t size) {
  std::vector<float> sum = numbers_of(0, slot, size);
  for (int rank = 1; rank < world().size(); ++rank) {
    const std::vector<float> one = numbers_of(rank, slot, size);
    std::transform(sum.begin(), sum.end(), one.begin(), sum.begin(), std::plus<>());
  }
  return sum;
}

class AllReduce : public testing::TestWithParam<bool> {
 protected:
  void SetUp() override { meet(); }
  void TearDown() override { meet(); }
  WorldAsGroup ranks;
};

TEST_P(AllReduce, GivesTheSerialSumOnEveryRankInAnyOrder) {
  DataParallelGroup group(ranks, GetParam());
  const std::vector<size_t> sizes = {1, 100'003, 16, 0, 5, 4096};
  group.begin_job(1);
  for (unsigned round = 0; round < 20; ++round) {
    std::vector<std::vector<float>> slots;
    for (size_t slot = 0; slot < sizes.size(); ++slot) {
      slots.push_back(numbers_of(group.rank(), slot + round, sizes[slot]));
    }
    std::vector<size_t> order(sizes.size());
    std::iota(order.begin(), order.end(), size_t{0});
    std::shuffle(order.begin(), order.end(),
                 std::mt19937(round * 31 + static_cast<unsigned>(group.rank())));

    group.begin_round(sizes);
    for (const size_t slot : order) group.all_reduce_async(slot, slots[slot]);
    group.wait();

    for (size_t slot = 0; slot < sizes.size(); ++slot) {
      ASSERT_EQ(slots[slot], expected_sum(slot + round, sizes[slot]))
          << "round " << round << " slot " << slot;
    }
    group.all_gather({});
  }
}

// As the trainer does: every second slot lies in the memory that the group offers.
TEST_P(AllReduce, GivesTheSameInTheGroupsOwnMemory) {
  DataParallelGroup group(ranks, GetParam());
  const std::vector<size_t> sizes = {70'001, 33, 20'000, 512};
  group.begin_job(1);
  for (unsigned round = 0; round < 20; ++round) {
    const auto homes = group.begin_round(sizes);
    std::vector<std::vector<float>> own;
    std::vector<std::span<float>> slots;
    for (size_t slot = 0; slot < sizes.size(); ++slot) {
      own.push_back(numbers_of(group.rank(), slot + round, sizes[slot]));
      const bool at_home = !homes.empty() && (slot + static_cast<size_t>(group.rank())) % 2 == 0;
      slots.push_back(at_home ? homes[slot] : std::span<float>(own[slot]));
      std::copy(own[slot].begin(), own[slot].end(), slots[slot].begin());
      group.all_reduce_async(slot, slots[slot]);
    }
    group.wait();

    for (size_t slot = 0; slot < sizes.size(); ++slot) {
      ASSERT_EQ(std::vector<float>(slots[slot].begin(), slots[slot].end()),
                expected_sum(slot + round, sizes[slot]));
    }
    group.all_gather({});
  }
}

TEST_P(AllReduce, ARankThatAbandonsSlotsBlocksNoOther) {
  DataParallelGroup group(ranks, GetParam());
  const std::vector<size_t> sizes = {1000, 2000, 3000};
  group.begin_job(1);
  for (int round = 0; round < 10; ++round) {
    const bool fails = round % 2 == 0 && group.rank() == group.size() - 1;
    std::vector<std::vector<float>> slots;
    for (size_t slot = 0; slot < sizes.size(); ++slot)
      slots.push_back(numbers_of(group.rank(), slot, sizes[slot]));

    group.begin_round(sizes);
    for (size_t slot = 0; slot < (fails ? 1 : sizes.size()); ++slot)
      group.all_reduce_async(slot, slots[slot]);
    group.wait();
    const auto gathered = group.all_gather({static_cast<uint8_t>(fails)});

    EXPECT_EQ(gathered.back(), DataParallelGroup::Bytes{static_cast<uint8_t>(round % 2 == 0)});
    EXPECT_EQ(slots[0], expected_sum(0, sizes[0]));
    if (round % 2 == 1) {
      EXPECT_EQ(slots[2], expected_sum(2, sizes[2]));
    }
  }
}

TEST_P(AllReduce, AllGatherReturnsTheBytesOfEveryRank) {
  DataParallelGroup group(ranks, GetParam());
  for (uint8_t i = 0; i < 50; ++i) {
    const auto gathered = group.all_gather({i, static_cast<uint8_t>(group.rank())});

    ASSERT_EQ(gathered.size(), static_cast<size_t>(group.size()));
    for (size_t rank = 0; rank < gathered.size(); ++rank) {
      EXPECT_EQ(gathered[rank], (DataParallelGroup::Bytes{i, static_cast<uint8_t>(rank)}));
    }
  }
}

TEST_P(AllReduce, AMessageAboutTheJobEndsTheWaitAndStaleOnesAreDropped) {
  if (world().size() == 1) GTEST_SKIP() << "there is no other rank to wait for";
  DataParallelGroup group(ranks, GetParam());
  group.begin_job(1);
  if (group.rank() == 0) {
    for (int rank = 1; rank < group.size(); ++rank)
      group.send(rank, DataParallelGroup::kFirstTag, {7});
  } else {
    EXPECT_THROW(group.all_gather({}), DataParallelFailure);
    EXPECT_EQ(group.next_message().value().bytes, DataParallelGroup::Bytes{7});
    group.send(0, DataParallelGroup::kFirstTag, {8});  // about job 1, which rank 0 has left
  }
  group.begin_job(2);
  EXPECT_EQ(group.all_gather({9}).size(), static_cast<size_t>(group.size()));
  EXPECT_FALSE(group.next_message().has_value());
}

TEST(DataParallelGroup, SharesMemoryOnOneMachineByDefault) {
  meet();
  WorldAsGroup ranks;
  if (world().size() > 1) {
    EXPECT_TRUE(DataParallelGroup(ranks, true).shares_memory());
  }
  EXPECT_FALSE(DataParallelGroup(ranks, false).shares_memory());
  meet();
}

TEST(ChunkRange, CoversASlotOnce) {
  for (const size_t size : {0, 1, 15, 16, 17, 1000, 4096}) {
    for (const int num_ranks : {1, 2, 3, 7}) {
      size_t next = 0;
      for (int owner = 0; owner < num_ranks; ++owner) {
        const ChunkRange range = chunk_range(size, owner, num_ranks);
        EXPECT_EQ(range.begin, next);
        next += range.size;
      }
      EXPECT_EQ(next, size);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Through, AllReduce, testing::Bool(),
                         [](const auto& info) { return info.param ? "SharedMemory" : "Messages"; });

}  // namespace
}  // namespace dovetail
