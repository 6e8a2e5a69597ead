// SPDX-License-Identifier: Apache-2.0
#include "training/learner.h"

#include <gtest/gtest.h>

#include <limits>

#include "model/shapes.h"

namespace dovetail {
namespace {

using torch::Tensor;

T5Config tiny_config() {
  nlohmann::json json = model_shapes().at("t5-tiny");
  json["vocab_size"] = 40;
  return t5_config_from(json);
}

// A model of its own for each learner, so that nothing can be shared by accident.
struct Cell {
  explicit Cell(uint64_t seed, int64_t steps = 12)
      : model(tiny_config(), random_weights(tiny_config(), seed)),
        method(find_tuning("full").make(model, {}, seed)) {
    learner.model = &model;
    learner.tuning = method.get();
    learner.optimizer_settings.learning_rate = 1e-2;
    learner.optimizer_settings.rms_scaling = true;
    learner.steps = steps;
    learner.dropout = 0.1;
    learner.seed = seed;
    learner.next_batch = [seed](int64_t step) {
      const int32_t id = static_cast<int32_t>(3 + (step + static_cast<int64_t>(seed)) % 5);
      const Sequence row{{id, 20, 1}, {id, 1}};
      const std::vector<const Sequence*> rows(4, &row);
      return collate(rows);
    };
  }
  T5Model model;
  std::unique_ptr<TuningMethod> method;
  Learner learner;
};

Tensor flat(const T5Model& model) {
  std::vector<Tensor> parts;
  for (const auto& [name, tensor] : named_tensors(model.config(), model.weights())) {
    parts.push_back(tensor.detach().flatten());
  }
  return torch::cat(parts);
}

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

  EXPECT_TRUE(torch::equal(flat(alone_1.model), flat(together_1.model)));
  EXPECT_TRUE(torch::equal(flat(alone_2.model), flat(together_2.model)));
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
  EXPECT_TRUE(torch::equal(flat(alone.model), flat(good.model)));
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
