// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/arange.h>
#include <ATen/ops/equal.h>

#include "model/position_bias.h"

#include <gtest/gtest.h>

namespace dovetail {
namespace {

// 32 buckets, distance 128, as in every published T5. By hand: bidirectional halves to 16, of which
// 8 are exact; 8 + floor(log(d / 8) / log(128 / 8) * 8).
TEST(RelativePositionBucket, EncoderLooksBothWays) {
  const auto bucket = [](int64_t d) { return relative_position_bucket(d, true, 32, 128); };
  EXPECT_EQ(bucket(0), 0);
  EXPECT_EQ(bucket(-1), 1);
  EXPECT_EQ(bucket(1), 17);
  EXPECT_EQ(bucket(-7), 7);
  EXPECT_EQ(bucket(-8), 8);
  EXPECT_EQ(bucket(-11), 8);  // log(11/8)/log(16)*8 = 0.92
  EXPECT_EQ(bucket(-12), 9);  // 1.17
  EXPECT_EQ(bucket(-127), 15);
  EXPECT_EQ(bucket(-1000), 15);
  EXPECT_EQ(bucket(1000), 31);
}

TEST(RelativePositionBucket, DecoderLooksBack) {
  const auto bucket = [](int64_t d) { return relative_position_bucket(d, false, 32, 128); };
  EXPECT_EQ(bucket(3), 0);  // the future is masked anyway
  EXPECT_EQ(bucket(-15), 15);
  EXPECT_EQ(bucket(-16), 16);
  EXPECT_EQ(bucket(-20), 17);  // 16 + log(20/16)/log(8)*16 = 17.7
  EXPECT_EQ(bucket(-128), 31);
}

TEST(PositionBias, AStepOfGenerationSeesTheSameBiasAsTeacherForcing) {
  T5Config config;
  config.num_heads = 2;
  const at::Tensor weight = at::arange(64, at::kFloat).view({32, 2});
  const at::Tensor whole = position_bias(weight, config, false, 0, 9, 9);
  const at::Tensor last = position_bias(weight, config, false, 8, 1, 9);
  EXPECT_TRUE(at::equal(whole.slice(2, 8, 9), last));
}

}  // namespace
}  // namespace dovetail
