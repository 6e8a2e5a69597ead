// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/equal.h>
#include <ATen/ops/tensor.h>

#include "training/batch.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace dovetail {
namespace {

using at::Tensor;

// Source 5 6 1 and 7 1; target 8 1 and 9 10 1.
TEST(Collate, PadsShiftsAndCounts) {
  const Sequence a{{5, 6, 1}, {8, 1}}, b{{7, 1}, {9, 10, 1}};
  const std::vector<const Sequence*> rows = {&a, &b};

  const Batch batch = collate(rows);

  EXPECT_TRUE(at::equal(batch.source_BS, at::tensor({5, 6, 1, 7, 1, 0}, at::kLong).view({2, 3})));
  EXPECT_TRUE(at::equal(batch.mask_BS, at::tensor({1.f, 1.f, 1.f, 1.f, 1.f, 0.f}).view({2, 3})));
  EXPECT_TRUE(
      at::equal(batch.decoder_ids_BT, at::tensor({0, 8, 0, 0, 9, 10}, at::kLong).view({2, 3})));
  EXPECT_TRUE(
      at::equal(batch.labels_BT, at::tensor({8, 1, -100, 9, 10, 1}, at::kLong).view({2, 3})));
  EXPECT_EQ(batch.num_tokens, 10);
  EXPECT_EQ(batch.num_computed, 12);
  EXPECT_EQ(batch.num_targets, 5);
}

TEST(Collate, PadsAndStartsWithTheModelsIds) {
  T5Config config;
  config.pad_token_id = 3;
  config.decoder_start_token_id = 4;
  const Sequence a{{5, 6}, {8, 1}}, b{{7}, {9, 10, 1}};
  const std::vector<const Sequence*> rows = {&a, &b};

  const Batch batch = collate(rows, BatchIds(config));

  EXPECT_TRUE(at::equal(batch.source_BS, at::tensor({5, 6, 7, 3}, at::kLong).view({2, 2})));
  EXPECT_TRUE(
      at::equal(batch.decoder_ids_BT, at::tensor({4, 8, 3, 4, 9, 10}, at::kLong).view({2, 3})));
}

std::vector<Sequence> rows_of_random_length(int64_t count, uint64_t seed) {
  Rng draw(seed);
  std::vector<Sequence> rows;
  for (int64_t i = 0; i < count; ++i) {
    rows.push_back(
        {std::vector<int32_t>(5 + draw.below(20)), std::vector<int32_t>(2 + draw.below(20))});
  }
  return rows;
}

TEST(EpochBatches, EveryRowOnceAndLikeLengthsTogether) {
  const uint64_t seed = 11;
  SCOPED_TRACE(seed);
  const std::vector<Sequence> rows = rows_of_random_length(4000, seed);
  Rng rng(seed);

  const auto batches = epoch_batches(rows, {.rows = 16}, rng);

  std::vector<int64_t> seen;
  int64_t tokens = 0, computed = 0;
  for (const auto& batch : batches) {
    std::vector<const Sequence*> chosen;
    for (int64_t row : batch) chosen.push_back(&rows[row]);
    const Batch collated = collate(chosen);
    tokens += collated.num_tokens;
    computed += collated.num_computed;
    seen.insert(seen.end(), batch.begin(), batch.end());
  }
  std::sort(seen.begin(), seen.end());
  for (int64_t i = 0; i < 4000; ++i) ASSERT_EQ(seen[i], i);
  // random batches of 16 pad some 40 % here, sources alone sorted some 25 %
  EXPECT_LT(1.0 - static_cast<double>(tokens) / static_cast<double>(computed), 0.05);
}

TEST(EpochBatches, DependOnTheSeedAlone) {
  const std::vector<Sequence> rows = rows_of_random_length(64, 1);
  Rng a(1), b(1), c(2);

  const auto first = epoch_batches(rows, {.rows = 8}, a);
  EXPECT_EQ(first, epoch_batches(rows, {.rows = 8}, b));
  EXPECT_NE(first, epoch_batches(rows, {.rows = 8}, c));
}

}  // namespace
}  // namespace dovetail
