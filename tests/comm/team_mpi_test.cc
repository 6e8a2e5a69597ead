// SPDX-License-Identifier: Apache-2.0
// Sums over ranks, in both ways, against sums made by hand.
#include "comm/team.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <numeric>
#include <random>

#include "base/team_failure.h"
#include "mpi/world.h"

namespace dovetail {
namespace {

using testing_mpi::meet;
using testing_mpi::world;

// A team of all ranks. A rank that is through with a test may wait for this one already, which is
// nothing to the team.
class WorldAsTeam final : public Communicator {
 public:
  WorldAsTeam() : Communicator(world().rank(), world().size()) {}
  void send(int destination, int tag, std::vector<uint8_t> bytes) override {
    world().send(destination, tag, std::move(bytes));
  }
  std::optional<Message> poll() override { return testing_mpi::poll_message(); }
  bool gone(int rank) override { return world().gone(rank); }
};

// What a member has in a slot: any other member can make it too.
std::vector<float> numbers_of(int member, size_t slot, size_t size) {
  std::mt19937 random(static_cast<unsigned>(1000 * member) + static_cast<unsigned>(slot));
  std::normal_distribution<float> normal;
  std::vector<float> numbers(size);
  for (float& number : numbers) number = normal(random);
  return numbers;
}

// Added in the order of ranks, in single precision.
std::vector<float> expected_sum(size_t slot, size_t size) {
  std::vector<float> sum = numbers_of(0, slot, size);
  for (int member = 1; member < world().size(); ++member) {
    const std::vector<float> one = numbers_of(member, slot, size);
    std::transform(sum.begin(), sum.end(), one.begin(), sum.begin(), std::plus<>());
  }
  return sum;
}

class TeamSums : public testing::TestWithParam<bool> {
 protected:
  void SetUp() override { meet(); }
  void TearDown() override { meet(); }
  WorldAsTeam ranks;
};

TEST_P(TeamSums, AreThoseMadeByHandOnEveryMemberWhateverTheOrder) {
  Team team(ranks, GetParam());
  const std::vector<size_t> sizes = {1, 100'003, 16, 0, 5, 4096};
  team.begin_work(1);
  for (unsigned round = 0; round < 20; ++round) {
    std::vector<std::vector<float>> slots;
    for (size_t slot = 0; slot < sizes.size(); ++slot) {
      slots.push_back(numbers_of(team.rank(), slot + round, sizes[slot]));
    }
    std::vector<size_t> order(sizes.size());
    std::iota(order.begin(), order.end(), size_t{0});
    std::shuffle(order.begin(), order.end(),
                 std::mt19937(round * 31 + static_cast<unsigned>(team.rank())));

    team.begin_round(sizes);
    for (const size_t slot : order) team.begin_sum(slot, slots[slot]);
    team.finish_sums();

    for (size_t slot = 0; slot < sizes.size(); ++slot) {
      ASSERT_EQ(slots[slot], expected_sum(slot + round, sizes[slot]))
          << "round " << round << " slot " << slot;
    }
    team.exchange({});
  }
}

// As trainers use it: every second slot stands where the team would have it.
TEST_P(TeamSums, AreTheSameInTheTeamsOwnMemory) {
  Team team(ranks, GetParam());
  const std::vector<size_t> sizes = {70'001, 33, 20'000, 512};
  team.begin_work(1);
  for (unsigned round = 0; round < 20; ++round) {
    const auto homes = team.begin_round(sizes);
    std::vector<std::vector<float>> own;
    std::vector<std::span<float>> slots;
    for (size_t slot = 0; slot < sizes.size(); ++slot) {
      own.push_back(numbers_of(team.rank(), slot + round, sizes[slot]));
      const bool at_home = !homes.empty() && (slot + static_cast<size_t>(team.rank())) % 2 == 0;
      slots.push_back(at_home ? homes[slot] : std::span<float>(own[slot]));
      std::copy(own[slot].begin(), own[slot].end(), slots[slot].begin());
      team.begin_sum(slot, slots[slot]);
    }
    team.finish_sums();

    for (size_t slot = 0; slot < sizes.size(); ++slot) {
      ASSERT_EQ(std::vector<float>(slots[slot].begin(), slots[slot].end()),
                expected_sum(slot + round, sizes[slot]));
    }
    team.exchange({});
  }
}

TEST_P(TeamSums, AMemberThatGivesUpHoldsNobodyUp) {
  Team team(ranks, GetParam());
  const std::vector<size_t> sizes = {1000, 2000, 3000};
  team.begin_work(1);
  for (int round = 0; round < 10; ++round) {
    const bool fails = round % 2 == 0 && team.rank() == team.size() - 1;
    std::vector<std::vector<float>> slots;
    for (size_t slot = 0; slot < sizes.size(); ++slot)
      slots.push_back(numbers_of(team.rank(), slot, sizes[slot]));

    team.begin_round(sizes);
    for (size_t slot = 0; slot < (fails ? 1 : sizes.size()); ++slot)
      team.begin_sum(slot, slots[slot]);
    team.finish_sums();
    const auto said = team.exchange({static_cast<uint8_t>(fails)});

    EXPECT_EQ(said.back(), Team::Bytes{static_cast<uint8_t>(round % 2 == 0)});
    EXPECT_EQ(slots[0], expected_sum(0, sizes[0]));
    if (round % 2 == 1) {
      EXPECT_EQ(slots[2], expected_sum(2, sizes[2]));
    }
  }
}

TEST_P(TeamSums, ExchangesGiveEverybodysWordByRank) {
  Team team(ranks, GetParam());
  for (uint8_t i = 0; i < 50; ++i) {
    const auto said = team.exchange({i, static_cast<uint8_t>(team.rank())});

    ASSERT_EQ(said.size(), static_cast<size_t>(team.size()));
    for (size_t member = 0; member < said.size(); ++member) {
      EXPECT_EQ(said[member], (Team::Bytes{i, static_cast<uint8_t>(member)}));
    }
  }
}

TEST_P(TeamSums, AWordAboutTheWorkEndsTheWaitAndOldWordsAreLost) {
  if (world().size() == 1) GTEST_SKIP() << "nobody to wait for";
  Team team(ranks, GetParam());
  team.begin_work(1);
  if (team.rank() == 0) {
    for (int member = 1; member < team.size(); ++member) team.send(member, Team::kFirstTag, {7});
  } else {
    EXPECT_THROW(team.exchange({}), TeamFailure);
    EXPECT_EQ(team.next_message().value().bytes, Team::Bytes{7});
    team.send(0, Team::kFirstTag, {8});  // about work 1, which is over for rank 0
  }
  team.begin_work(2);
  EXPECT_EQ(team.exchange({9}).size(), static_cast<size_t>(team.size()));
  EXPECT_FALSE(team.next_message().has_value());
}

TEST(Team, SharesMemoryOnOneMachineUnlessToldOtherwise) {
  meet();
  WorldAsTeam ranks;
  if (world().size() > 1) {
    EXPECT_TRUE(Team(ranks, true).shares_memory());
  }
  EXPECT_FALSE(Team(ranks, false).shares_memory());
  meet();
}

TEST(SlotRanges, CoverASlotOnce) {
  for (const size_t size : {0, 1, 15, 16, 17, 1000, 4096}) {
    for (const int members : {1, 2, 3, 7}) {
      size_t next = 0;
      for (int owner = 0; owner < members; ++owner) {
        const SlotRange range = range_of(size, owner, members);
        EXPECT_EQ(range.begin, next);
        next += range.size;
      }
      EXPECT_EQ(next, size);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Through, TeamSums, testing::Bool(),
                         [](const auto& info) { return info.param ? "SharedMemory" : "Messages"; });

}  // namespace
}  // namespace dovetail
