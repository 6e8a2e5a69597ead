// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/log_softmax.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/tensor.h>

#include "model/generation/score.h"

#include <gtest/gtest.h>

namespace dovetail {
namespace {

using at::Tensor;

T5Model scored_model() {
  T5Config config;
  config.vocab_size = 40;
  config.d_model = 24;
  config.d_kv = 6;
  config.d_ff = 32;
  config.num_layers = config.num_decoder_layers = 2;
  config.num_heads = 4;
  config.decoder_start_token_id = 7;
  return T5Model(config, random_weights(config, 5));
}

TEST(Score, LogProbabilitiesAndRanksOfEachRowAlone) {
  const T5Model model = scored_model();
  const std::vector<std::vector<int32_t>> sources = {{5, 6, 7, 1}, {8, 1}, {9, 10, 11, 12, 13, 1}};
  const std::vector<std::vector<int32_t>> targets = {{4, 1}, {20, 21, 22, 23, 1}, {1}};

  const auto found = score_targets(model, std::vector<Ids>(sources.begin(), sources.end()),
                                   std::vector<Ids>(targets.begin(), targets.end()));

  for (size_t row = 0; row < sources.size(); ++row) {
    std::vector<int64_t> before{7};
    before.insert(before.end(), targets[row].begin(), targets[row].end() - 1);
    const Tensor source =
        at::tensor(std::vector<int64_t>(sources[row].begin(), sources[row].end()), at::kLong)
            .unsqueeze(0);
    const Tensor mask = at::ones(source.sizes());
    const Tensor hidden = model.decode(at::tensor(before, at::kLong).unsqueeze(0),
                                       model.encode(model.embed(source), mask), mask);
    const Tensor log_probs = at::log_softmax(model.logits(hidden)[0].detach(), -1);
    double sum = 0;
    ASSERT_EQ(found[row].token_logprobs.size(), targets[row].size());
    for (size_t i = 0; i < targets[row].size(); ++i) {
      const Tensor step = log_probs[static_cast<int64_t>(i)];
      const double expected = step[targets[row][i]].item<double>();
      sum += expected;
      EXPECT_NEAR(found[row].token_logprobs[i], expected, 1e-4);
      EXPECT_EQ(found[row].token_ranks[i],
                1 + (step > step[targets[row][i]]).sum().item<int64_t>());
    }
    EXPECT_NEAR(found[row].logprob, sum, 1e-4);
  }
}

TEST(Score, BatchesHoldLikeLengthsWithinTheBudget) {
  const std::vector<std::pair<size_t, size_t>> sizes = {{2, 2}, {10, 2}, {9, 3}, {2, 1}, {40, 5}};

  // longest first; two rows of 10 + 3 need 26, two of 9 + 3 need 24
  EXPECT_EQ(token_batches(sizes, 26), (std::vector<std::vector<size_t>>{{4}, {1, 2}, {0, 3}}));
  EXPECT_EQ(token_batches(sizes, 23), (std::vector<std::vector<size_t>>{{4}, {1}, {2}, {0, 3}}));
  EXPECT_TRUE(token_batches({}, 10).empty());
}

}  // namespace
}  // namespace dovetail
