// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/equal.h>

#include "training/learner.h"

#include <gtest/gtest.h>

#include <limits>

#include "training/tiny_cell.h"

namespace dovetail {
namespace {

TEST(Train, LearnsToCopy) {
  Cell cell(1, 80);
  train({&cell.learner, 1});
  ASSERT_EQ(cell.learner.failure, "");
  EXPECT_LT(cell.learner.train_loss.values.back(), 0.5 * cell.learner.train_loss.values.front());
}

TEST(Train, AGroupGivesTheSameWeightsAsCellsAlone) {
  Cell alone_1(1), alone_2(2), together_1(1), together_2(2);
  train({&alone_1.learner, 1});
  train({&alone_2.learner, 1});

  std::vector<Learner> group;
  group.push_back(std::move(together_1.learner));
  group.push_back(std::move(together_2.learner));
  train(group);

  EXPECT_TRUE(at::equal(flat(alone_1.model), flat(together_1.model)));
  EXPECT_TRUE(at::equal(flat(alone_2.model), flat(together_2.model)));
}

TEST(Train, ANumberThatIsNoneEndsItsOwnCellOnly) {
  Cell alone(2), bad(1), good(2);
  train({&alone.learner, 1});
  bad.model.weights().shared_VD.detach()[0][0] = std::numeric_limits<float>::quiet_NaN();

  std::vector<Learner> group;
  group.push_back(std::move(bad.learner));
  group.push_back(std::move(good.learner));
  train(group);

  EXPECT_EQ(group[0].failure, "the loss is nan at step 1");
  EXPECT_EQ(group[1].failure, "");
  EXPECT_TRUE(at::equal(flat(alone.model), flat(good.model)));
}

TEST(Train, ReportsPadding) {
  Cell cell(1, 2);
  const Sequence long_row{{3, 4, 5, 6, 1}, {7, 1}}, short_row{{3, 1}, {7, 1}};
  cell.learner.next_batch = [&](int64_t) {
    const std::vector<const Sequence*> rows = {&long_row, &short_row};
    return collate(rows);
  };
  train({&cell.learner, 1});
  EXPECT_EQ(cell.learner.cost.train_tokens, 2 * 11);
  EXPECT_DOUBLE_EQ(cell.learner.cost.padding_fraction, 3.0 / 14.0);
}

}  // namespace
}  // namespace dovetail
