// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/equal.h>

#include "training/training_loop.h"

#include <gtest/gtest.h>

#include <limits>

#include "training/tiny_cell.h"

namespace dovetail {
namespace {

TEST(Train, LearnsToCopy) {
  Cell cell(1, 80);
  train_alone(cell);
  ASSERT_EQ(cell.outcome.failure, "");
  EXPECT_LT(cell.outcome.train_loss.values.back(), 0.5 * cell.outcome.train_loss.values.front());
}

TEST(Train, AGroupGivesTheSameWeightsAsCellsAlone) {
  Cell alone_1(1), alone_2(2), together_1(1), together_2(2);
  train_alone(alone_1);
  train_alone(alone_2);

  const std::vector<TrainingRun> group = {together_1.run(), together_2.run()};
  train(group);

  EXPECT_TRUE(at::equal(flat(alone_1.model), flat(together_1.model)));
  EXPECT_TRUE(at::equal(flat(alone_2.model), flat(together_2.model)));
}

TEST(Train, ANumberThatIsNoneEndsItsOwnCellOnly) {
  Cell alone(2), bad(1), good(2);
  train_alone(alone);
  bad.model.weights().shared_VD.detach()[0][0] = std::numeric_limits<float>::quiet_NaN();

  const std::vector<TrainingRun> group = {bad.run(), good.run()};
  train(group);

  EXPECT_EQ(bad.outcome.failure, "the loss is nan at step 1");
  EXPECT_EQ(good.outcome.failure, "");
  EXPECT_TRUE(at::equal(flat(alone.model), flat(good.model)));
}

TEST(Train, ReportsPadding) {
  Cell cell(1, 2);
  const Sequence long_row{{3, 4, 5, 6, 1}, {7, 1}}, short_row{{3, 1}, {7, 1}};
  cell.task.next_batch = [&](int64_t) {
    const std::vector<const Sequence*> rows = {&long_row, &short_row};
    return collate(rows);
  };
  train_alone(cell);
  EXPECT_EQ(cell.outcome.cost.train_tokens, 2 * 11);
  EXPECT_DOUBLE_EQ(cell.outcome.cost.padding_fraction, 3.0 / 14.0);
}

}  // namespace
}  // namespace dovetail
