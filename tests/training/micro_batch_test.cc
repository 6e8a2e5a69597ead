// SPDX-License-Identifier: Apache-2.0
#include <ATen/core/Reduction.h>
#include <ATen/ops/cross_entropy_loss.h>

#include "training/micro_batch.h"

#include <gtest/gtest.h>

#include "training/tiny_cell.h"

namespace dovetail {
namespace {

using at::Tensor;

// Rows of very different lengths, so that equal weights for parts instead of tokens would show.
const std::vector<Sequence> kRows = {{{5, 6, 7, 8, 9, 10, 1}, {11, 1}},
                                     {{12, 1}, {13, 14, 15, 16, 17, 18, 1}},
                                     {{19, 20, 1}, {21, 1}},
                                     {{22, 23, 24, 1}, {25, 26, 1}},
                                     {{27, 1}, {28, 29, 30, 31, 1}}};

Batch whole_batch() {
  std::vector<const Sequence*> rows;
  for (const Sequence& row : kRows) rows.push_back(&row);
  return collate(rows);
}

TEST(SplitBatch, KeepsEveryRowAndCutsThePadding) {
  const std::vector<Batch> parts = split_batch(whole_batch(), 2);
  ASSERT_EQ(parts.size(), 2u);
  EXPECT_EQ(parts[0].source_BS.sizes(), (std::vector<int64_t>{2, 7}));
  EXPECT_EQ(parts[1].source_BS.sizes(), (std::vector<int64_t>{3, 4}));
  EXPECT_EQ(parts[1].labels_BT.sizes(), (std::vector<int64_t>{3, 5}));
  EXPECT_EQ(parts[1].decoder_ids_BT[2][1].item<int64_t>(), 28);
  EXPECT_EQ(parts[0].num_targets + parts[1].num_targets, whole_batch().num_targets);
  EXPECT_EQ(parts[0].num_tokens + parts[1].num_tokens, whole_batch().num_tokens);
  EXPECT_EQ(parts[1].num_computed, 3 * (4 + 5));
}

TEST(SplitBatch, HasNoEmptyParts) {
  EXPECT_EQ(split_batch(whole_batch(), 9).size(), 5u);
  EXPECT_EQ(split_batch(whole_batch(), 1).front().num_computed, whole_batch().num_computed);
}

// One step of plain SGD shows the gradient: (before - after) / rate.
Tensor gradient(int64_t accumulate, const CrossEntropy& loss) {
  Cell cell(1, 1);
  const Tensor before = flat(cell.model);
  cell.task.optimizer = {};
  cell.task.optimizer.name = "sgd";
  cell.task.optimizer.learning_rate = 1;
  cell.task.optimizer.clip = 0;
  cell.task.options.accumulate = accumulate;
  cell.task.options.label_smoothing = loss.label_smoothing;
  cell.task.options.z_loss = loss.z_loss;
  cell.task.dropout = 0;
  cell.task.next_batch = [](int64_t) { return whole_batch(); };
  train_alone(cell);
  EXPECT_EQ(cell.outcome.failure, "");
  return before - flat(cell.model);
}

// The loss of the first step, against torch's own smoothing and the definition of the z-loss
// (Mesh TensorFlow's softmax_cross_entropy_with_logits): coefficient times (log Z)^2.
TEST(Train, SmoothsLabelsAndAddsTheZLoss) {
  Cell cell(1, 1);
  const Batch batch = whole_batch();
  const Tensor memory = cell.model.encode(cell.model.embed(batch.source_BS), batch.mask_BS);
  const Tensor logits =
      cell.model.logits(cell.model.decode(batch.decoder_ids_BT, memory, batch.mask_BS))
          .flatten(0, 1);
  const Tensor labels = batch.labels_BT.flatten();
  const double smoothed =
      at::cross_entropy_loss(logits, labels, {}, at::Reduction::Mean, kIgnored, 0.2).item<double>();
  const Tensor log_z = logits.logsumexp(-1).masked_select(labels != kIgnored);
  cell.task.dropout = 0;
  cell.task.options.label_smoothing = 0.2;
  cell.task.options.z_loss = 0.01;
  cell.task.next_batch = [](int64_t) { return whole_batch(); };

  train_alone(cell);

  const double expected = smoothed + 0.01 * log_z.square().mean().item<double>();
  EXPECT_NEAR(cell.outcome.train_loss.values.at(0), expected, 1e-5 * expected);
}

TEST(Accumulate, GivesTheGradientOfOneBigBatch) {
  for (const CrossEntropy& loss : {CrossEntropy{}, CrossEntropy{0.1f, 1e-3f}}) {
    const Tensor whole = gradient(1, loss);
    for (const int64_t parts : {2, 3, 5}) {
      const double difference = (gradient(parts, loss) - whole).abs().max().item<double>();
      EXPECT_LT(difference / whole.abs().max().item<double>(), 1e-6) << parts << " parts";
    }
  }
}

}  // namespace
}  // namespace dovetail
