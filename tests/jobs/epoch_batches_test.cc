// SPDX-License-Identifier: Apache-2.0
#include "jobs/epoch_batches.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "plan/settings.h"

namespace dovetail {
namespace {

TEST(EpochBatches, ComesBackToEveryRowEachEpoch) {
  std::vector<Sequence> rows;
  for (int32_t i = 0; i < 10; ++i) rows.push_back({{i + 5, 1}, {1}});
  EpochBatches batches(rows, {.rows = 4}, 9);
  EXPECT_EQ(batches.batches_per_epoch(), 3);
  for (int epoch = 0; epoch < 2; ++epoch) {
    std::multiset<int64_t> seen;
    for (int i = 0; i < 3; ++i) {
      const Batch batch = batches.next();
      for (int64_t row = 0; row < batch.source_BS.size(0); ++row) {
        seen.insert(batch.source_BS[row][0].item<int64_t>());
      }
    }
    EXPECT_EQ(seen, (std::multiset<int64_t>{5, 6, 7, 8, 9, 10, 11, 12, 13, 14}));
  }
}

// The first harness dropped the last part of an epoch and its last step, and never shuffled: 90
// rows in batches of 8 were 10 steps. They are 12, the last one of 2 rows, and the second epoch is
// in another order.
TEST(EpochBatches, Trap18AnEpochIsAllRowsShuffled) {
  std::vector<Sequence> rows;
  for (int32_t i = 0; i < 90; ++i) rows.push_back({{i + 5, 1}, {1}});
  EpochBatches batches(rows, {.rows = 8}, 3);
  const int64_t steps = resolve_steps({.epochs = 1}, batches.batches_per_epoch());
  EXPECT_EQ(steps, 12);
  std::vector<std::vector<int64_t>> epochs(2);
  for (std::vector<int64_t>& seen : epochs) {
    for (int64_t i = 0; i < steps; ++i) {
      const Batch batch = batches.next();
      for (int64_t row = 0; row < batch.source_BS.size(0); ++row)
        seen.push_back(batch.source_BS[row][0].item<int64_t>());
    }
  }
  EXPECT_NE(epochs[0], epochs[1]);
  for (std::vector<int64_t>& seen : epochs) {
    EXPECT_FALSE(std::is_sorted(seen.begin(), seen.end()));
    std::sort(seen.begin(), seen.end());
    for (int64_t i = 0; i < 90; ++i) EXPECT_EQ(seen.at(i), i + 5);
  }
}

// Sources of 2 to 11 ids and targets of one: with 30 tokens a batch, 7 + 6 + 5 ... rows may meet.
TEST(EpochBatches, KeepsToABudgetOfTokens) {
  std::vector<Sequence> rows;
  for (int32_t i = 0; i < 40; ++i) rows.push_back({std::vector<int32_t>(2 + i % 10, 5), {1}});
  EpochBatches batches(rows, {.tokens = 30}, 9);
  int64_t seen = 0, num_batches = 0;
  for (; seen < 40; ++num_batches) {
    const Batch batch = batches.next();
    EXPECT_LE(batch.num_computed, 30);
    seen += batch.source_BS.size(0);
  }
  EXPECT_EQ(seen, 40);
  EXPECT_EQ(num_batches, batches.batches_per_epoch());
}

// Rows that are drawn anew: the first epoch has those of 0, and each is made once.
TEST(EpochBatches, EachEpochMayHaveRowsOfItsOwn) {
  std::vector<int64_t> made;
  const auto rows_of_epoch = [&made](int64_t epoch) {
    made.push_back(epoch);
    std::vector<Sequence> rows;
    for (int32_t i = 0; i < 6; ++i)
      rows.push_back({{static_cast<int32_t>(10 * (epoch + 1)) + i, 1}, {1}});
    return rows;
  };
  EpochBatches batches(rows_of_epoch, {.rows = 4}, 9);
  EXPECT_EQ(batches.batches_per_epoch(), 2);
  for (int64_t epoch = 0; epoch < 3; ++epoch) {
    std::multiset<int64_t> seen, expected;
    for (int i = 0; i < 2; ++i)
      for (const Sequence* row : batches.next_rows()) seen.insert(row->source[0]);
    for (int64_t i = 0; i < 6; ++i) expected.insert(10 * (epoch + 1) + i);
    EXPECT_EQ(seen, expected);
  }
  EXPECT_EQ(made, (std::vector<int64_t>{0, 1, 2}));
}

}  // namespace
}  // namespace dovetail
