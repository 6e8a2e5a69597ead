// SPDX-License-Identifier: Apache-2.0
#include "training/task_rows.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace dovetail {
namespace {

// Bytes: "a" is 97 + 3 = 100, ":" 61, " " 35, </s> 1; 125 sentinels, <extra_id_0> the highest.
class TaskRowsTest : public testing::Test {
 protected:
  TaskRowsTest() { task_.prefix = "a"; task_.phrase = "{source} z"; }

  RowMaker maker(const std::string& form, SoftTokens soft = {}, int64_t max_source = 32) const {
    return {task_, find_template(form), vocabulary_, soft, 500, max_source, 8};
  }

  TaskData task_;
  Vocabulary vocabulary_ = Vocabulary::bytes();
};

TEST_F(TaskRowsTest, SoftTokensStandBetweenPrefixAndBodyOrBodyAndMask) {
  const Sequence before = maker("masked_mapping", {2, Placement::before}).row("b", "c");
  const Sequence after = maker("masked_mapping", {2, Placement::after}).row("b", "c");
  const auto position = [](const Sequence& row, int32_t id) {
    return std::find(row.source.begin(), row.source.end(), id) - row.source.begin();
  };
  const int32_t mask = vocabulary_.sentinel(0), body = 'b' + 3;
  EXPECT_LT(position(before, 'a' + 3), position(before, 500));
  EXPECT_LT(position(before, 501), position(before, body));
  EXPECT_LT(position(before, body), position(before, mask));
  EXPECT_LT(position(after, body), position(after, 500));
  EXPECT_LT(position(after, 501), position(after, mask));
  EXPECT_EQ(before.source.back(), Vocabulary::kEos);
  EXPECT_EQ(before.target.front(), mask);
}

TEST_F(TaskRowsTest, OnlyTheHeadIsCut) {
  const Sequence row = maker("masked_mapping", {}, 12).row(std::string(100, 'b'), "c");
  EXPECT_EQ(row.source.size(), 12u);
  EXPECT_EQ(row.source[10], vocabulary_.sentinel(0));
  EXPECT_EQ(row.source[11], Vocabulary::kEos);
}

TEST_F(TaskRowsTest, TargetsEndInEosAlsoWhenCut) {
  const Sequence row = maker("mapping").row("b", "cdefghijkl");
  ASSERT_EQ(row.target.size(), 8u);
  EXPECT_EQ(row.target.back(), Vocabulary::kEos);
}

TEST_F(TaskRowsTest, TrainingRowsKeepSoManyTails) {
  task_.train = {{"b", {"1", "2", "3"}}, {"c", {"4"}}};
  Subset subset;
  subset.heads = {0, 1};
  subset.tails = 2;
  EXPECT_EQ(training_rows(maker("mapping"), subset).size(), 3u);
  subset.tails = 0;
  EXPECT_EQ(training_rows(maker("mapping"), subset).size(), 4u);
}

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

}  // namespace
}  // namespace dovetail
