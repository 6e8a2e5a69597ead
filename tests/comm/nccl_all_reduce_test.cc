// SPDX-License-Identifier: Apache-2.0
// The all-reduce of GPUs over a stand-in for NCCL: threads for ranks, and the host's memory.
#include "comm/nccl_all_reduce.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <barrier>
#include <condition_variable>
#include <mutex>
#include <set>
#include <thread>

#include "base/error.h"

namespace dovetail {
namespace {

using testing::Each;
using testing::HasSubstr;

struct Call {
  float* numbers;
  size_t count;
};

// What the ranks share. As NCCL, it pairs the calls of all ranks by their order.
struct World {
  explicit World(int ranks) : size(ranks), calls(ranks), gathered(ranks), meeting(ranks) {}

  void put(int rank, Call call) {
    const std::lock_guard lock(mutex);
    calls[rank].push_back(call);
    while (std::ranges::all_of(calls, [&](const auto& own) { return own.size() > done; })) add_up();
  }
  void add_up() {
    const size_t count = calls[0][done].count;
    for (const auto& own : calls) mismatched = mismatched || own[done].count != count;
    if (mismatched) return void(++done);
    for (size_t i = 0; i < count; ++i) {
      float sum = 0;
      for (const auto& own : calls) sum += own[done].numbers[i];
      for (const auto& own : calls) own[done].numbers[i] = sum;
    }
    ++done;
  }
  bool is_over(int rank) {
    const std::lock_guard lock(mutex);
    return calls[rank].size() <= done;
  }

  const int size;
  std::mutex mutex;
  std::condition_variable joined;
  std::vector<std::vector<Call>> calls;  // by rank
  size_t done = 0;                       // of each rank's calls
  bool mismatched = false;
  char num_ids = 0;
  std::set<int> joining;
  int num_joins = 0, init_result = 0;
  std::vector<NcclPeers::Bytes> gathered;
  std::barrier<> meeting;
  std::atomic<bool> somebody_died = false;
  std::atomic<int> num_aborts = 0, num_open = 0;
  std::atomic<uint64_t> job = 1;
};

World* world = nullptr;  // of the running test; NCCL's functions have no other way to it

struct StandInComm {
  int rank;
};
StandInComm* of(nccl::Comm comm) { return reinterpret_cast<StandInComm*>(comm); }

int join(nccl::Comm* comm, int size, nccl::UniqueId id, int rank) {
  std::unique_lock lock(world->mutex);
  EXPECT_EQ(id.internal[0], world->num_ids);
  if (world->init_result != 0) return world->init_result;
  world->joining.insert(rank);
  const int wanted = world->num_joins + 1;
  if (std::ssize(world->joining) == size) {
    world->joining.clear();
    world->num_joins = wanted;
    for (auto& own : world->calls) own.clear();
    world->done = 0;
    world->joined.notify_all();
  }
  world->joined.wait(lock, [&] { return world->num_joins >= wanted; });
  *comm = reinterpret_cast<nccl::Comm>(new StandInComm{rank});
  ++world->num_open;
  return 0;
}

int close(nccl::Comm comm) {
  delete of(comm);
  --world->num_open;
  return 0;
}

nccl::Library stand_in() {
  nccl::Library library;
  library.get_unique_id = [](nccl::UniqueId* id) {
    id->internal[0] = ++world->num_ids;
    return 0;
  };
  library.comm_init_rank = join;
  library.all_reduce = [](const void* from, void* to, size_t count, int type, int operation,
                          nccl::Comm comm, nccl::Stream) {
    EXPECT_EQ(from, to);
    EXPECT_EQ(type, nccl::kFloat32);
    EXPECT_EQ(operation, nccl::kSum);
    world->put(of(comm)->rank, {static_cast<float*>(to), count});
    return 0;
  };
  library.group_start = library.group_end = [] { return 0; };
  library.comm_get_async_error = [](nccl::Comm, int* error) { return *error = 0; };
  library.comm_abort = [](nccl::Comm comm) {
    ++world->num_aborts;
    return close(comm);
  };
  library.comm_destroy = close;
  library.get_error_string = [](int) { return "invalid usage"; };
  return library;
}

class HostStream final : public CollectiveStream {
 public:
  explicit HostStream(int rank, int& buckets) : rank_(rank), buckets_(buckets) {}
  nccl::Stream handle() override { return this; }
  void use_device() override {}
  void follow_computation() override { ++buckets_; }
  bool is_over() override { return world->is_over(rank_); }
  float* scratch(size_t count) override {
    scratch_.assign(count, 0);
    return scratch_.data();
  }

 private:
  int rank_;
  int& buckets_;
  std::vector<float> scratch_;
};

NcclPeers peers_of(int rank) {
  return {.rank = rank,
          .size = world->size,
          .all_gather =
              [rank](const NcclPeers::Bytes& mine) {
                world->gathered[rank] = mine;
                world->meeting.arrive_and_wait();
                const std::vector<NcclPeers::Bytes> all = world->gathered;
                world->meeting.arrive_and_wait();
                return all;
              },
          .wait_until =
              [](const std::function<bool()>& done) {
                while (!done()) {
                  if (world->somebody_died) throw CommError("rank 1 is dead");
                  std::this_thread::yield();
                }
              },
          .job = [] { return world->job.load(); }};
}

struct Rank {
  explicit Rank(int number)
      : rank(number),
        reduce(stand_in(), peers_of(number), std::make_unique<HostStream>(number, buckets)) {}

  void begin(const std::vector<size_t>& sizes) {
    reduce.begin_round(sizes);
    numbers.clear();
    for (const size_t size : sizes) numbers.emplace_back(size, static_cast<float>(rank + 1));
  }
  void start(size_t slot) { reduce.all_reduce_async(slot, numbers[slot]); }

  int rank, buckets = 0;
  std::vector<std::vector<float>> numbers;
  NcclAllReduce reduce;
};

class NcclAllReduceTest : public testing::Test {
 protected:
  NcclAllReduceTest() { world = &world_; }
  ~NcclAllReduceTest() override {
    EXPECT_FALSE(world_.mismatched);
    EXPECT_EQ(world_.num_open, 0);
    world = nullptr;
  }

  template <typename Work>
  void on_all_ranks(Work work) {
    std::vector<std::jthread> threads;
    for (int rank = 0; rank < world_.size; ++rank) {
      threads.emplace_back([&work, rank] {
        Rank mine(rank);
        work(mine);
      });
    }
  }

  World world_{3};
};

const std::vector<size_t> kSizes = {5, 7, 0, 3};

TEST_F(NcclAllReduceTest, SumsSlotsThatStartInAnyOrder) {
  const std::vector<std::vector<size_t>> orders = {{0, 1, 2, 3}, {2, 1, 0, 3}, {3, 1, 2, 0}};
  on_all_ranks([&](Rank& mine) {
    for (int round = 0; round < 4; ++round) {
      mine.begin(kSizes);
      for (const size_t slot : orders[(mine.rank + round) % 3]) mine.start(slot);
      mine.reduce.wait();
      for (const auto& numbers : mine.numbers) EXPECT_THAT(numbers, Each(6));
    }
  });
  EXPECT_EQ(world_.num_ids, 1);
}

// Slots of 8 MB and of 4 bytes: a large one starts at once where it is next in the order.
TEST_F(NcclAllReduceTest, StartsWhileTheBackwardPassGoesOn) {
  on_all_ranks([&](Rank& mine) {
    mine.begin({1, 2 << 20, 2 << 20, 1});
    mine.start(1);  // not yet: slot 2 is before it
    EXPECT_EQ(mine.buckets, 0);
    mine.start(2);
    EXPECT_EQ(mine.buckets, 2);
    mine.start(0);
    EXPECT_EQ(mine.buckets, 2);
    mine.start(3);
    EXPECT_EQ(mine.buckets, 3);
    mine.reduce.wait();
    EXPECT_THAT(mine.numbers[1], Each(6));
  });
}

TEST_F(NcclAllReduceTest, ARankThatGivesUpAStepKeepsNobodyWaiting) {
  on_all_ranks([&](Rank& mine) {
    mine.begin(kSizes);
    mine.start(1);
    if (mine.rank != 1)
      for (const size_t slot : {2, 0, 3}) mine.start(slot);
    mine.reduce.wait();
    EXPECT_THAT(mine.numbers[1], Each(6));
    mine.begin(kSizes);
    for (size_t slot = 0; slot < 4; ++slot) mine.start(slot);
    mine.reduce.wait();
    EXPECT_THAT(mine.numbers[3], Each(6));
  });
}

TEST_F(NcclAllReduceTest, ADeathAbortsAndTheNextJobConnectsAnew) {
  on_all_ranks([&](Rank& mine) {
    mine.begin(kSizes);
    world_.meeting.arrive_and_wait();  // dies in the round, not while another still joins
    if (mine.rank == 1) {
      world_.somebody_died = true;
    } else {
      for (size_t slot = 0; slot < 4; ++slot) mine.start(slot);
      EXPECT_THROW(mine.reduce.wait(), CommError);
    }
    world_.meeting.arrive_and_wait();
    world_.somebody_died = false;
    world_.job = 2;
    world_.meeting.arrive_and_wait();
    mine.begin(kSizes);
    for (size_t slot = 0; slot < 4; ++slot) mine.start(slot);
    mine.reduce.wait();
    EXPECT_THAT(mine.numbers[0], Each(6));
  });
  EXPECT_EQ(world_.num_aborts, 3);  // the third when it hears that the others have none
  EXPECT_EQ(world_.num_ids, 2);
}

TEST_F(NcclAllReduceTest, TwoRanksOnOneGpuAreRefusedAsNcclDoes) {
  world_.init_result = nccl::kInvalidUsage;
  on_all_ranks([&](Rank& mine) {
    try {
      mine.begin(kSizes);
      ADD_FAILURE() << "no error";
    } catch (const ConfigError& error) {
      EXPECT_THAT(error.what(), HasSubstr("one rank for each GPU"));
    }
  });
}

TEST(NcclLibrary, IsMissedInOneSentence) {
  try {
    nccl::loaded_library();
    GTEST_SKIP() << "this process has NCCL";
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.what(), HasSubstr("--device cpu"));
  }
}

}  // namespace
}  // namespace dovetail
