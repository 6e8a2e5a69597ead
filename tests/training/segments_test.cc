// SPDX-License-Identifier: Apache-2.0
// Examples that share a row give what they give in rows of their own.
#include <ATen/ops/equal.h>

#include <gtest/gtest.h>

#include "training/micro_batch.h"
#include "training/tiny_cell.h"

namespace dovetail {
namespace {

using at::Tensor;

const std::vector<Sequence> kExamples = {{{5, 6, 7, 8, 9, 10, 1}, {11, 12, 1}},
                                         {{12, 13, 1}, {13, 14, 15, 16, 1}},
                                         {{19, 20, 1}, {21, 1}},
                                         {{22, 23, 24, 25, 1}, {25, 26, 27, 1}}};

Sequence side_by_side(std::initializer_list<size_t> examples) {
  Sequence row;
  for (const size_t i : examples) {
    const Sequence& one = kExamples[i];
    row.source.insert(row.source.end(), one.source.begin(), one.source.end());
    row.target.insert(row.target.end(), one.target.begin(), one.target.end());
    row.source_ends.push_back(static_cast<int32_t>(row.source.size()));
    row.target_ends.push_back(static_cast<int32_t>(row.target.size()));
  }
  return row;
}

Batch batch_of(const std::vector<Sequence>& rows) {
  std::vector<const Sequence*> pointers;
  for (const Sequence& row : rows) pointers.push_back(&row);
  return collate(pointers, {});
}

// By hand: two examples in one row, one in the other.
TEST(Segments, AreNumberedAndStartAnew) {
  const Batch batch = batch_of({side_by_side({1, 2}), side_by_side({3})});

  const auto row = [](const Tensor& all, int64_t i) {
    std::vector<int64_t> values;
    for (int64_t j = 0; j < all.size(1); ++j) values.push_back(all[i][j].item<int64_t>());
    return values;
  };
  EXPECT_EQ(row(batch.mask_BS, 0), (std::vector<int64_t>{1, 1, 1, 2, 2, 2}));
  EXPECT_EQ(row(batch.mask_BS, 1), (std::vector<int64_t>{1, 1, 1, 1, 1, 0}));
  EXPECT_EQ(row(batch.segments_BT, 0), (std::vector<int64_t>{1, 1, 1, 1, 1, 2, 2}));
  EXPECT_EQ(row(batch.segments_BT, 1), (std::vector<int64_t>{1, 1, 1, 1, 0, 0, 0}));
  EXPECT_EQ(row(batch.decoder_ids_BT, 0), (std::vector<int64_t>{0, 13, 14, 15, 16, 0, 21}));
  EXPECT_EQ(batch.num_targets, 11);
  EXPECT_EQ(batch.num_tokens, 22);
}

// The summed loss of a batch, and its gradient.
std::pair<double, Tensor> loss_and_gradient(const Batch& batch, const ForwardOptions& options = {},
                                            size_t parts = 1) {
  Cell cell(1, 1);
  prepare(cell.task, cell.state);
  double sum = 0;
  for (const Batch& part : split_batch(batch, static_cast<int64_t>(parts))) {
    const Tensor loss = weighted_loss(cell.model, *cell.method, part, {}, options);
    loss.backward();
    sum += loss.item<double>();
  }
  std::vector<Tensor> gradients;
  for (const auto& [name, tensor] : cell.state.trained)
    gradients.push_back(tensor.grad().flatten());
  return {sum, at::cat(gradients)};
}

void expect_alike(const std::pair<double, Tensor>& a, const std::pair<double, Tensor>& b) {
  EXPECT_NEAR(a.first, b.first, 1e-4 * b.first);
  EXPECT_LT((a.second - b.second).abs().max().item<double>(),
            1e-4 * b.second.abs().max().item<double>());
}

TEST(Segments, GiveTheLossAndGradientOfSeparateRows) {
  const auto apart = loss_and_gradient(batch_of(kExamples));
  const Batch packed = batch_of({side_by_side({0, 1}), side_by_side({2, 3})});

  expect_alike(loss_and_gradient(packed), apart);
  expect_alike(loss_and_gradient(batch_of({side_by_side({0, 1, 2, 3})})), apart);
  expect_alike(loss_and_gradient(packed, {.activation_checkpointing = true}), apart);
  expect_alike(loss_and_gradient(packed, {}, 2), apart);
}

// Else the test above would hold without masks.
TEST(Segments, DifferFromARowWithoutMasks) {
  Sequence joined = side_by_side({0, 1, 2, 3});
  joined.source_ends.clear();
  joined.target_ends.clear();
  const auto apart = loss_and_gradient(batch_of(kExamples));
  EXPECT_GT(std::abs(loss_and_gradient(batch_of({joined})).first - apart.first),
            1e-3 * apart.first);
}

}  // namespace
}  // namespace dovetail
