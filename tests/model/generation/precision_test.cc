// SPDX-License-Identifier: Apache-2.0
#include <ATen/Context.h>
#include <ATen/ops/full.h>
#include <ATen/ops/log_softmax.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/randint.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>

#include <gtest/gtest.h>

#include "base/error.h"
#include "model/generation/generate.h"
#include "model/generation/score.h"

namespace dovetail {
namespace {

using at::Tensor;

constexpr int64_t kSources = 6, kNew = 12;

// How far a precision may move things: logits in their standard deviations, scores of beams in
// parts, log-probabilities.
struct LowerPrecision {
  Precision precision;
  double logits, beams, logprobs;
};

const std::vector<LowerPrecision>& lower_precisions() {
  static const std::vector<LowerPrecision> all = {{Precision::int8, 0.2, 0.05, 0.15},
                                                  {Precision::bfloat16, 0.03, 0.01, 0.03}};
  return all;
}

struct PrecisionCase {
  explicit PrecisionCase(bool gated) : model(make(gated)) {
    at::manual_seed(8);
    ids = at::randint(3, 200, {kSources, 10});
    mask = at::ones({kSources, 10});
    settings.max_new_tokens = settings.min_new_tokens = kNew;
  }
  static T5Model make(bool gated) {
    T5Config config;
    config.vocab_size = 200;
    config.d_model = 64;
    config.d_kv = 16;
    config.d_ff = 96;
    config.num_layers = config.num_decoder_layers = 3;
    config.num_heads = 4;
    if (gated) config.feed_forward_proj = "gated-gelu";
    return T5Model(config, random_weights(config, 4));
  }
  std::vector<std::vector<Hypothesis>> answers() {
    return generate(model, model.encode(model.embed(ids), mask), mask, settings);
  }
  // Teacher-forced logits [T, V] of one answer.
  Tensor logits(int64_t source, const std::vector<int32_t>& answer) {
    std::vector<int64_t> read{0};
    read.insert(read.end(), answer.begin(), answer.end() - 1);
    const Tensor own = mask.narrow(0, source, 1);
    const Tensor memory = model.encode(model.embed(ids.narrow(0, source, 1)), own);
    return model.logits(model.decode(at::tensor(read, at::kLong).unsqueeze(0), memory, own))[0];
  }

  T5Model model;
  Tensor ids, mask;
  GenerationSettings settings;
};

// Two precisions may choose differently only where float32's two best tokens are closer than
// rounding moves logits.
TEST(InferencePrecision, ChoosesAsFloat32WhereLogitsAreFarEnoughApart) {
  for (const LowerPrecision& lower : lower_precisions()) {
    for (const bool gated : {false, true}) {
      PrecisionCase with(gated);
      const auto plain = with.answers();
      std::vector<std::vector<Hypothesis>> answers;
      std::vector<Tensor> rounded;
      {
        const PrepackedWeights ready(with.model, lower.precision);
        answers = with.answers();
        for (int64_t s = 0; s < kSources; ++s) rounded.push_back(with.logits(s, answers[s][0].ids));
      }
      int64_t equal = 0;
      for (int64_t s = 0; s < kSources; ++s) {
        const std::vector<int32_t>& answer = answers[s][0].ids;
        ASSERT_EQ(std::ssize(answer), kNew);
        const Tensor exact = with.logits(s, answer);
        const double moved = (rounded[s] - exact).abs().max().item<double>();
        EXPECT_GT(moved, 0);
        EXPECT_LT(moved, lower.logits * exact.std().item<double>());
        for (int64_t t = 0; t < kNew; ++t) {
          const Tensor step = exact[t];
          EXPECT_LE(step.max().item<double>() - step[answer[t]].item<double>(), 2 * moved + 1e-6);
        }
        equal += answer == plain[s][0].ids;
      }
      EXPECT_GE(equal, kSources / 2);  // most answers are the same to the last token
      EXPECT_EQ(with.answers()[0][0].ids, plain[0][0].ids);  // float32 is back
    }
  }
}

TEST(InferencePrecision, BeamsRunInIt) {
  for (const LowerPrecision& lower : lower_precisions()) {
    PrecisionCase with(false);
    with.settings.num_beams = 3;
    const auto plain = with.answers();
    const PrepackedWeights ready(with.model, lower.precision);
    const auto rounded = with.answers();
    for (int64_t s = 0; s < kSources; ++s) {
      const double exact = plain[s][0].score;
      EXPECT_NEAR(rounded[s][0].score, exact, lower.beams * std::abs(exact));
    }
  }
}

TEST(InferencePrecision, LikelihoodsStayNear) {
  for (const LowerPrecision& lower : lower_precisions()) {
    for (const bool gated : {false, true}) {
      PrecisionCase with(gated);
      const std::vector<std::vector<int32_t>> sources = {{5, 6, 7, 1}, {8, 1}, {9, 10, 11, 12, 1}};
      const std::vector<std::vector<int32_t>> targets = {{4, 1}, {20, 21, 22, 23, 1}, {150, 1}};
      const std::vector<Ids> from(sources.begin(), sources.end());
      const std::vector<Ids> to(targets.begin(), targets.end());
      const auto exact = score_targets(with.model, from, to);
      const PrepackedWeights ready(with.model, lower.precision);
      const auto rounded = score_targets(with.model, from, to);
      for (size_t i = 0; i < exact.size(); ++i)
        for (size_t t = 0; t < exact[i].token_logprobs.size(); ++t)
          EXPECT_NEAR(rounded[i].token_logprobs[t], exact[i].token_logprobs[t], lower.logprobs);
      EXPECT_NE(rounded[0].logprob, exact[0].logprob);
    }
  }
}

TEST(InferencePrecision, HasThreeNames) {
  EXPECT_EQ(inference_precision("int8", at::kCPU), Precision::int8);
  EXPECT_EQ(inference_precision("float32", at::kCUDA), Precision::float32);
  EXPECT_EQ(inference_precision("bfloat16", at::kCUDA), Precision::bfloat16);
  EXPECT_THROW(inference_precision("int8", at::kCUDA), ConfigError);
  EXPECT_THROW(inference_precision("int4", at::kCPU), ConfigError);
}

}  // namespace
}  // namespace dovetail
