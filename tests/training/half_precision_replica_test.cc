// SPDX-License-Identifier: Apache-2.0
#include "training/half_precision_replica.h"

#include <gtest/gtest.h>

#include "training/tiny_cell.h"

namespace dovetail {
namespace {

using at::Tensor;

// Bfloat16 has 8 bits of mantissa: gradients of float32 masters agree to some of them.
TEST(HalfPrecisionReplica, GivesItsGradientsToFloat32Masters) {
  Cell exact(1, 1), rounded(1, 1);
  for (Cell* cell : {&exact, &rounded}) {
    cell->learner.dropout = 0;
    cell->learner.optimizer_settings.clip = 0;
  }
  rounded.learner.options.precision = "bfloat16";
  rounded.learner.options.accumulate = 2;
  train({&exact.learner, 1});
  train({&rounded.learner, 1});
  ASSERT_EQ(rounded.learner.failure, "");
  double difference = 0, norm = 0;
  for (size_t i = 0; i < exact.learner.trained.size(); ++i) {
    const Tensor& gradient = rounded.learner.trained[i].second.grad();
    EXPECT_EQ(gradient.scalar_type(), at::kFloat);
    EXPECT_EQ(rounded.learner.trained[i].second.scalar_type(), at::kFloat);
    const Tensor& reference = exact.learner.trained[i].second.grad();
    difference += (gradient - reference).square().sum().item<double>();
    norm += reference.square().sum().item<double>();
  }
  EXPECT_GT(difference, 0);
  EXPECT_LT(std::sqrt(difference / norm), 0.03);
}

// Steps of a ten-thousandth are less than bfloat16 can show beside weights of about 1: only
// masters can add them up.
TEST(HalfPrecisionReplica, KeepsStepsThatItsOwnWeightsCannotShow) {
  Cell cell(1, 5);
  cell.learner.options.precision = "bfloat16";
  cell.learner.optimizer_settings.parameters = nlohmann::json::object();
  cell.learner.optimizer_settings.learning_rate = 1e-4;
  const Tensor& norm = cell.model.weights().encoder.final_norm_D;
  train({&cell.learner, 1});
  ASSERT_EQ(cell.learner.failure, "");
  EXPECT_GT((norm - 1).abs().max().item<double>(), 3e-4);
  HalfPrecisionReplica working(cell.model, at::kBFloat16);
  const Tensor& copy = working.model().weights().encoder.final_norm_D;
  EXPECT_EQ(copy.scalar_type(), at::kBFloat16);
  EXPECT_EQ((copy.to(at::kFloat) - 1).abs().max().item<double>(), 0);
}

TEST(HalfPrecisionReplica, LearnsToCopy) {
  Cell cell(1, 80);
  cell.learner.options.precision = "bfloat16";
  train({&cell.learner, 1});
  ASSERT_EQ(cell.learner.failure, "");
  EXPECT_LT(cell.learner.train_loss.values.back(), 0.5 * cell.learner.train_loss.values.front());
}

}  // namespace
}  // namespace dovetail
