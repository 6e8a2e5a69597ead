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
    cell->task.dropout = 0;
    cell->task.optimizer.clip = 0;
  }
  rounded.task.options.precision = "bfloat16";
  rounded.task.options.accumulate = 2;
  train_alone(exact);
  train_alone(rounded);
  ASSERT_EQ(rounded.outcome.failure, "");
  double difference = 0, norm = 0;
  for (size_t i = 0; i < exact.state.trained.size(); ++i) {
    const Tensor& gradient = rounded.state.trained[i].second.grad();
    EXPECT_EQ(gradient.scalar_type(), at::kFloat);
    EXPECT_EQ(rounded.state.trained[i].second.scalar_type(), at::kFloat);
    const Tensor& reference = exact.state.trained[i].second.grad();
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
  cell.task.options.precision = "bfloat16";
  cell.task.optimizer.parameters = nlohmann::json::object();
  cell.task.optimizer.learning_rate = 1e-4;
  const Tensor& norm = cell.model.weights().encoder.final_norm_D;
  train_alone(cell);
  ASSERT_EQ(cell.outcome.failure, "");
  EXPECT_GT((norm - 1).abs().max().item<double>(), 3e-4);
  HalfPrecisionReplica working(cell.model, at::kBFloat16);
  const Tensor& copy = working.model().weights().encoder.final_norm_D;
  EXPECT_EQ(copy.scalar_type(), at::kBFloat16);
  EXPECT_EQ((copy.to(at::kFloat) - 1).abs().max().item<double>(), 0);
}

TEST(HalfPrecisionReplica, LearnsToCopy) {
  Cell cell(1, 80);
  cell.task.options.precision = "bfloat16";
  train_alone(cell);
  ASSERT_EQ(cell.outcome.failure, "");
  EXPECT_LT(cell.outcome.train_loss.values.back(), 0.5 * cell.outcome.train_loss.values.front());
}

}  // namespace
}  // namespace dovetail
