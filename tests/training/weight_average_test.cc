// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/equal.h>
#include <ATen/ops/tensor.h>

#include "training/weight_average.h"

#include <gtest/gtest.h>

#include "training/tiny_cell.h"

namespace dovetail {
namespace {

using at::Tensor;

// Decays: min(.5, 2/11), min(.5, 3/12); averages of 1, then 2, then 4 by hand.
TEST(WeightAverage, FollowsSlowlyAfterAQuickStart) {
  Tensor weight = at::tensor({1.0f});
  WeightAverage average(0.5, {{"w", weight}});
  weight.fill_(2);
  average.update(1);
  const double first = 1 * 2.0 / 11 + 2 * 9.0 / 11;
  EXPECT_NEAR(average.state()[0].item<double>(), first, 1e-6);
  weight.fill_(4);
  average.update(2);
  EXPECT_NEAR(average.state()[0].item<double>(), 0.25 * first + 0.75 * 4, 1e-6);
  average.update(1000000);  // (1 + t) / (10 + t) is above 0.5 by now
  EXPECT_NEAR(average.state()[0].item<double>(), 0.5 * (0.25 * first + 3) + 0.5 * 4, 1e-6);
}

TEST(WeightAverage, StandsInForTheWeightsAndLeavesThemAsTheyWere) {
  Tensor weight = at::tensor({1.0f});
  const float* place = weight.const_data_ptr<float>();
  WeightAverage average(0.5, {{"w", weight}});
  weight.fill_(0.1f);
  {
    const AveragedWeights averaged(&average);
    EXPECT_EQ(weight.item<float>(), 1.0f);
    EXPECT_EQ(weight.const_data_ptr<float>(), place);
  }
  EXPECT_EQ(weight.item<float>(), 0.1f);
  EXPECT_EQ(average.state()[0].item<float>(), 1.0f);
  { const AveragedWeights none(nullptr); }
}

// Averaging changes no step; it is what the model ends with.
TEST(Train, EndsWithTheAverages) {
  Cell plain(1, 9), averaged(1, 9);
  averaged.task.options.ema = 0.9;
  std::vector<Tensor> seen;
  averaged.task.after_step = [&](const TrainingRun& run, int64_t) {
    seen.push_back(flat(*run.task.model).clone());
  };
  const Tensor start = flat(plain.model);

  train_alone(plain);
  train_alone(averaged);

  EXPECT_TRUE(at::equal(seen.back(), flat(plain.model)));
  Tensor expected = start.to(at::kDouble);
  for (int step = 1; step <= 9; ++step) {
    const double decay = std::min(0.9, (1.0 + step) / (10.0 + step));
    expected = expected * decay + seen[step - 1].to(at::kDouble) * (1 - decay);
  }
  EXPECT_LT((flat(averaged.model) - expected).abs().max().item<double>(), 1e-5);
}

}  // namespace
}  // namespace dovetail
