// SPDX-License-Identifier: Apache-2.0
#include "kernels/row_scores.h"

#include <ATen/ops/equal.h>
#include <ATen/ops/log_softmax.h>
#include <ATen/ops/randint.h>
#include <ATen/ops/randn.h>

#include <cmath>
#include <limits>

#include "kernels/cached_attention_cpu.h"
#include "kernels/compare.h"

namespace dovetail {
namespace {

using at::Tensor;

TEST(LogSoftmaxRows, EqualsLibTorchs) {
  at::manual_seed(21);
  for (const int64_t width : {1, 7, 64, 1000}) {
    const Tensor logits = 5 * at::randn({5, width});
    const Tensor expected = at::log_softmax(logits.to(at::kDouble), -1);
    EXPECT_LT(largest_difference(log_softmax_rows(logits.clone()), expected), 1e-5) << width;
  }
  const float none = -std::numeric_limits<float>::infinity();
  const Tensor row = log_softmax_rows(at::tensor({1.0f, none, 1.0f}).unsqueeze(0));
  EXPECT_NEAR(row[0][0].item<double>(), -std::log(2.0), 1e-6);
  EXPECT_EQ(row[0][1].item<float>(), none);
}

TEST(ScoresOfIds, EqualLibTorchs) {
  at::manual_seed(24);
  for (const int64_t width : {1, 7, 64, 1000}) {
    const Tensor logits = 5 * at::randn({6, width}), ids = at::randint(0, width, {6}, at::kLong);
    const Tensor chosen = logits.gather(1, ids.unsqueeze(1));
    const IdScores found = scores_of_ids(logits, ids);
    const Tensor expected =
        at::log_softmax(logits.to(at::kDouble), -1).gather(1, ids.unsqueeze(1)).squeeze(1);
    EXPECT_LT(largest_difference(found.logprobs_R, expected), 1e-5) << width;
    EXPECT_TRUE(at::equal(found.ranks_R, (logits > chosen).sum(1) + 1)) << width;
  }
  const Tensor tied = at::tensor({2.0f, 5.0f, 2.0f, 1.0f}).unsqueeze(0);
  EXPECT_EQ(scores_of_ids(tied, at::tensor({2}, at::kLong)).ranks_R[0].item<int64_t>(), 2);
}

TEST(TopScores, EqualLibTorchs) {
  at::manual_seed(22);
  for (const int64_t width : {1, 8, 63, 64, 65, 1000, 5000}) {
    const Tensor scores = at::randn({9, width});
    for (const int64_t k : {1, 2, 8, 13}) {
      if (k > width) continue;
      const auto [expected, places] = scores.topk(k);
      const TopScores top = top_scores(scores, k);
      EXPECT_TRUE(at::equal(top.scores_RK, expected)) << width << " " << k;
      EXPECT_TRUE(at::equal(top.places_RK, places)) << width << " " << k;
    }
  }
}

TEST(TopScores, TheFirstOfEqualOnesComesFirst) {
  const float none = -std::numeric_limits<float>::infinity();
  const Tensor scores = at::tensor({none, 2.0f, 3.0f, 2.0f, 3.0f, none, 2.0f}).unsqueeze(0);
  const TopScores top = top_scores(scores, 4);
  EXPECT_TRUE(at::equal(top.places_RK[0], at::tensor({2, 4, 1, 3}, at::kLong)));
  EXPECT_TRUE(at::equal(top.scores_RK[0], at::tensor({3.0f, 3.0f, 2.0f, 2.0f})));
  EXPECT_EQ(top_scores(scores, 7).places_RK[0][6].item<int64_t>(), 5);
}

// The widths of a head with vectors of their own, and one without.
TEST(CachedAttention, EqualsTheSoftmaxWeightedMean) {
  at::manual_seed(23);
  constexpr int64_t kHeads = 3, kPositions = 11;
  for (const int64_t channels : {6, 16, 32, 64}) {
    const int64_t width = kHeads * channels;
    const Tensor query = at::randn({kHeads, channels}), keys = at::randn({kPositions, width}),
                 values = at::randn({kPositions, width}), bias = at::randn({kHeads, kPositions});
    std::vector<const float*> key, value;
    for (int64_t t = 0; t < kPositions; ++t) {
      key.push_back(keys.const_data_ptr<float>() + t * width);
      value.push_back(values.const_data_ptr<float>() + t * width);
    }
    std::vector<float> scratch(kHeads * kPositions);
    for (const bool with_bias : {false, true}) {
      Tensor out = at::empty({kHeads, channels});
      cached_attention({.heads = kHeads,
                        .channels = channels,
                        .positions = kPositions,
                        .keys = key.data(),
                        .values = value.data(),
                        .bias = with_bias ? bias.const_data_ptr<float>() : nullptr,
                        .bias_row = kPositions},
                       query.const_data_ptr<float>(), scratch.data(), out.data_ptr<float>());
      const Tensor k = keys.view({kPositions, kHeads, channels}).to(at::kDouble),
                   v = values.view({kPositions, kHeads, channels}).to(at::kDouble);
      Tensor scores = (query.to(at::kDouble).unsqueeze(0) * k).sum(2).t();
      if (with_bias) scores = scores + bias;
      const Tensor expected = (scores.softmax(1).t().unsqueeze(2) * v).sum(0);
      EXPECT_LT(largest_difference(out, expected), 1e-5) << channels;
    }
  }
}

}  // namespace
}  // namespace dovetail
