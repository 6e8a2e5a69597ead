// SPDX-License-Identifier: Apache-2.0
#include "jobs/label_answers.h"

#include <ATen/ops/ones.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <c10/core/GradMode.h>
#include <gtest/gtest.h>

#include <cmath>

#include "base/error.h"
#include "kernels/head_loss.h"
#include "tuning/tiny_model.h"
#include "tuning/tuning_method.h"

namespace dovetail {
namespace {

using at::Tensor;

// A probe with two labels whose weights are 0 but for the first channel: 2 for the first label, and
// a bias of 1 for the second.
struct Probe {
  Probe() : method(find_tuning("linear_probe").make(model, nlohmann::json::object(), 1)) {
    method->label_reader()->set_labels({{7, 4, 1}, {9, 1}});
    const at::NoGradGuard no_grad;
    method->trainable()[0].second[0][0] = 2;
    method->trainable()[1].second[1] = 1;
  }
  const LabelReader& reader() { return *method->label_reader(); }

  T5Model model = tiny_model();
  std::unique_ptr<TuningMethod> method;
};

// Two sources of three tokens, the second one with a pad token, whose channel 0 must not count.
Tensor memory() {
  Tensor memory = at::zeros({2, 3, 128});
  const float first[2][3] = {{1, 2, 3}, {1, 0, 50}};
  for (int64_t row = 0; row < 2; ++row)
    for (int64_t i = 0; i < 3; ++i) memory[row][i][0] = first[row][i];
  return memory;
}
Tensor mask() { return at::tensor({1.0F, 1.0F, 1.0F, 1.0F, 1.0F, 0.0F}).view({2, 3}); }

// The means are 2 and 0.5, so the logits (4, 1) and (1, 1).
TEST(LabelReader, ReadsTheMeanOverTheTokens) {
  Probe probe;
  const Tensor logits = probe.reader().logits(memory(), mask());
  EXPECT_TRUE(logits.equal(at::tensor({4.0F, 1.0F, 1.0F, 1.0F}).view({2, 2}))) << logits;
  EXPECT_EQ(likeliest_labels(probe.reader(), memory(), mask()), (std::vector<size_t>{0, 0}));
}

TEST(LabelReader, ScoresATargetByItsLabel) {
  Probe probe;
  const std::vector<int32_t> first = {7, 4, 1}, second = {9, 1};
  const auto scores =
      score_labels(probe.reader(), memory(), mask(), std::vector<Ids>{second, first});
  EXPECT_NEAR(scores[0].logprob, 1 - std::log(std::exp(4) + std::exp(1)), 1e-5);
  EXPECT_EQ(scores[0].token_ranks, (std::vector<int64_t>{2, 1}));
  EXPECT_NEAR(scores[1].logprob, std::log(0.5), 1e-6);
  EXPECT_EQ(scores[1].token_logprobs.size(), 3);
  EXPECT_EQ(scores[1].token_logprobs[1], 0);
  const std::vector<int32_t> other = {7, 5, 1};
  EXPECT_THROW(score_labels(probe.reader(), memory(), mask(), std::vector<Ids>{other, first}),
               DataError);
}

TEST(LabelReader, ItsLossIsTheLabelsCrossEntropy) {
  Probe probe;
  const Tensor labels = at::tensor({9L, 1L, kIgnored, 7L, 4L, 1L}, at::kLong).view({2, 3});
  const Tensor loss = label_loss(probe.reader(), memory(), mask(), labels, {.weight = 0.25});
  const double expected = std::log(std::exp(4) + std::exp(1)) - 1 + std::log(2);
  EXPECT_NEAR(loss.item<double>(), 0.25 * expected, 1e-5);
}

}  // namespace
}  // namespace dovetail
