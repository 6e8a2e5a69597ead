// SPDX-License-Identifier: Apache-2.0
#include <ATen/Context.h>
#include <ATen/core/Reduction.h>
#include <ATen/ops/cross_entropy_loss.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/rand.h>
#include <ATen/ops/randint.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>

#include "kernels/head_loss.h"

#include <cmath>

#include "kernels/compare.h"

namespace dovetail {
namespace {

using at::Tensor;

// By hand: logits (0, ln 2, ln 5) have Z = 8, so the loss of label 1 is ln 8 - ln 2 = ln 4.
TEST(CrossEntropyRow, ThreeLogitsByHand) {
  const float logits[3] = {0.0f, std::log(2.0f), std::log(5.0f)};
  float gradient[3];
  EXPECT_NEAR(cross_entropy_row(logits, 3, 1, {}, gradient), std::log(4.0), 1e-6);
  EXPECT_NEAR(gradient[0], 1.0 / 8, 1e-6);
  EXPECT_NEAR(gradient[1], 2.0 / 8 - 1, 1e-6);
  EXPECT_NEAR(gradient[2], 5.0 / 8, 1e-6);
}

TEST(CrossEntropyRow, EqualsLibTorchs) {
  at::manual_seed(31);
  for (double smoothing : {0.0, 0.1}) {
    const Tensor logits = at::randn({1, 1003}) * 5;
    const float ours =
        cross_entropy_row(logits.const_data_ptr<float>(), 1003, 17,
                          {.label_smoothing = static_cast<float>(smoothing)}, nullptr);
    const Tensor theirs = at::cross_entropy_loss(logits, at::tensor({17}, at::kLong), {},
                                                 at::Reduction::Mean, kIgnored, smoothing);
    EXPECT_NEAR(ours, theirs.item<float>(), 1e-4);
  }
}

TEST(CrossEntropyRow, ALogitThatIsNoNumberIsNoticed) {
  std::vector<float> logits(40, 0.5f);
  logits[33] = std::nanf("");
  EXPECT_TRUE(std::isnan(cross_entropy_row(logits.data(), 40, 3, {}, nullptr)));
}

Projection head_of(Tensor weight) { return join_weights({&weight}); }

void check(int64_t rows, int64_t vocab_size, const CrossEntropy& settings, double logit_scale) {
  at::manual_seed(32);
  Tensor labels = at::randint(0, vocab_size, {rows}, at::kLong);
  for (int64_t i = 0; i < rows; i += 3) labels[i] = kIgnored;
  expect_same(
      [&](const auto& x) { return head_loss(x[0], head_of(x[1]), labels, logit_scale, settings); },
      [&](const auto& x) { return head_loss_reference(x[0], x[1], labels, logit_scale, settings); },
      {at::randn({rows, 24}), at::randn({vocab_size, 24})});
}

TEST(HeadLoss, EqualsTheReferenceWithEveryOption) {
  check(10, 57, {}, 1.0);
  check(2, 300, {.label_smoothing = 0.1f}, 0.2);
  check(33, 100, {.z_loss = 1e-2f, .weight = 0.125f}, 1.0);
  check(5, 64, {.label_smoothing = 0.2f, .z_loss = 1e-3f, .weight = 3.0f}, 0.5);
}

// Each part's rows count by weights of their own, or alike.
TEST(HeadLoss, RowsCountByTheirWeights) {
  at::manual_seed(34);
  constexpr int64_t kRows = 12, kFirst = 7, kVocabulary = 57;
  const Tensor labels = at::randint(0, kVocabulary, {kRows}, at::kLong);
  const Tensor of_first = labels.narrow(0, 0, kFirst),
               of_rest = labels.narrow(0, kFirst, kRows - kFirst);
  const Tensor weights = at::rand({kFirst}), head = at::randn({kVocabulary, 24});
  weights[2] = 0;
  const CrossEntropy first{.label_smoothing = 0.1f, .z_loss = 1e-3f, .weight = 0.5f}, rest;
  const std::vector<LossPart> parts = {{kFirst, first, weights}, {kRows - kFirst, rest}};
  expect_same(
      [&](const auto& x) { return head_losses(x[0], head_of(head), labels, 0.7, parts).sum(); },
      [&](const auto& x) {
        return head_loss_reference(x[0].narrow(0, 0, kFirst), head, of_first, 0.7, first, weights) +
               head_loss_reference(x[0].narrow(0, kFirst, kRows - kFirst), head, of_rest, 0.7,
                                   rest);
      },
      {at::randn({kRows, 24})});
  // of one part, the gradient of the head too
  expect_same(
      [&](const auto& x) {
        return head_losses(x[0], head_of(x[1]), of_first, 0.7, {&parts[0], 1}).sum();
      },
      [&](const auto& x) { return head_loss_reference(x[0], x[1], of_first, 0.7, first, weights); },
      {at::randn({kFirst, 24}), head});
}

// Weights of 1 and 0 are labels that count and labels that do not, bit for bit.
TEST(HeadLoss, AWeightOfNothingIsNoLabel) {
  at::manual_seed(35);
  const Tensor x = at::randn({5, 24}), head = at::randn({57, 24});
  const Tensor labels = at::randint(0, 57, {5}, at::kLong), weights = at::ones({5});
  Tensor fewer = labels.clone();
  for (const int64_t row : {1, 4}) {
    weights[row] = 0;
    fewer[row] = kIgnored;
  }
  const auto gradient = [&](const Tensor& of_labels, const Tensor& of_weights) {
    const Tensor hidden = x.clone().requires_grad_(true);
    const LossPart part{5, {.weight = 0.3f}, of_weights};
    head_losses(hidden, head_of(head), of_labels, 1.0, {&part, 1}).sum().backward();
    return hidden.grad();
  };
  EXPECT_TRUE(gradient(labels, weights).equal(gradient(fewer, {})));
}

TEST(HeadLoss, BlocksOfRowsMakeNoDifference) { check(200, 130000, {.weight = 0.01f}, 0.3); }

TEST(HeadLoss, AFrozenHeadGetsNoGradient) {
  const Tensor hidden = at::randn({4, 8}).requires_grad_(true), head = at::randn({9, 8});
  head_loss(hidden, head_of(head), at::zeros({4}, at::kLong), 1.0, {}).backward();
  EXPECT_FALSE(head.grad().defined());
  EXPECT_TRUE(hidden.grad().defined());
}

TEST(HeadLoss, APrepackedHeadGivesTheSame) {
  at::manual_seed(33);
  const Tensor x = at::randn({6, 24}), labels = at::randint(0, 90, {6}, at::kLong);
  Projection head = head_of(at::randn({90, 24}));
  const auto gradient = [&] {
    const Tensor hidden = x.clone().requires_grad_(true);
    head_loss(hidden, head, labels, 0.5, {}).backward();
    return hidden.grad();
  };
  const Tensor plain = gradient();
  set_prepacking(head, Prepacking::both_ways);
  EXPECT_LT(largest_difference(gradient(), plain), 1e-6);
}

}  // namespace
}  // namespace dovetail
