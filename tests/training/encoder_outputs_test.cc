// SPDX-License-Identifier: Apache-2.0
#include "training/encoder_outputs.h"

#include <ATen/ops/allclose.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/randn.h>
#include <c10/core/GradMode.h>
#include <gtest/gtest.h>

#include "tiny_cell.h"
#include "training/training_loop.h"
#include "tuning/label_reader.h"

namespace dovetail {
namespace {

using at::Tensor;

Batch batch_with(const std::vector<Sequence>& rows) {
  std::vector<const Sequence*> chosen;
  for (const Sequence& row : rows) chosen.push_back(&row);
  return collate(chosen);
}

const std::vector<Sequence>& sources() {
  static const std::vector<Sequence> rows = {
      {{5, 6, 7, 1}, {9, 1}}, {{8, 1}, {4, 4, 1}}, {{9, 10, 1}, {3, 1}}};
  return rows;
}

TEST(EncoderOutputs, GiveSourcesBackInAnyCompany) {
  EncoderOutputs known;
  const Batch all = batch_with(sources());
  const Tensor memory = at::randn({3, 4, 6});
  EXPECT_FALSE(known.find(all).defined());
  known.offer(all, memory, /*drops=*/false);
  const Tensor two = known.find(batch_with({sources()[2], sources()[1]}));
  ASSERT_EQ(two.sizes(), (std::vector<int64_t>{2, 3, 6}));
  EXPECT_TRUE(two[0].equal(memory[2].narrow(0, 0, 3)));
  EXPECT_TRUE(two[1].narrow(0, 0, 2).equal(memory[1].narrow(0, 0, 2)));
  EXPECT_EQ(two[1][2].abs().sum().item<double>(), 0);
  EXPECT_FALSE(known.find(batch_with({sources()[0], {{5, 6, 1}, {1}}})).defined());
}

TEST(EncoderOutputs, KeepNothingThatTrainingChanges) {
  EncoderOutputs known;
  const Batch all = batch_with(sources());
  const Tensor memory = at::randn({3, 4, 6});
  {
    const at::NoGradGuard no_grad;  // shows nothing of what is trained
    known.offer(all, memory, false);
    EXPECT_EQ(known.num_sources(), 0);
  }
  known.offer(all, memory.clone().requires_grad_(true), false);
  EXPECT_EQ(known.num_sources(), 0);
  known.offer(all, memory, /*drops=*/true);
  EXPECT_EQ(known.num_sources(), 0);
  {
    const at::NoGradGuard no_grad;  // after a pass that showed it
    known.offer(all, memory, false);
    EXPECT_EQ(known.num_sources(), 3);
  }
}

TEST(EncoderOutputs, StayWithinTheirBytes) {
  EncoderOutputs known((4 + 2) * 6 * sizeof(float));  // of the first two sources
  known.offer(batch_with(sources()), at::randn({3, 4, 6}), false);
  EXPECT_EQ(known.num_sources(), 2);
}

// A cell that goes through its rows again and again, in pairs that change.
struct Repeating {
  Repeating(const std::string& tuning, const nlohmann::json& parameters, double dropout)
      : model(tiny_config(), random_weights(tiny_config(), 7)),
        method(find_tuning(tuning).make(model, parameters, 5)) {
    if (LabelReader* reader = method->label_reader())
      reader->set_labels({{9, 1}, {4, 4, 1}, {3, 1}});
    task.model = &model;
    task.tuning = method.get();
    task.optimizer.learning_rate = 1e-2;
    task.steps = 30;
    task.dropout = dropout;
    task.next_batch = [](int64_t step) {
      const auto& rows = sources();
      return batch_with({rows[step % 3], rows[(step + 1 + step / 3 % 2) % 3]});
    };
    task.encoder_outputs = &outputs;
  }
  Curve learned() {
    train(task, state, outcome);
    EXPECT_EQ(outcome.failure, "");
    return outcome.train_loss;
  }

  T5Model model;
  std::unique_ptr<TuningMethod> method;
  EncoderOutputs outputs;
  TrainingTask task;
  TrainingState state;
  TrainingOutcome outcome;
};

const std::vector<std::pair<std::string, nlohmann::json>>& decoder_tunings() {
  static const std::vector<std::pair<std::string, nlohmann::json>> all = {
      {"last_layers", {{"encoder", false}, {"num_layers", 1}}},
      {"linear_probe", nlohmann::json::object()}};
  return all;
}

TEST(EncoderOutputs, ChangeNothingThatACellLearns) {
  for (const auto& [tuning, parameters] : decoder_tunings()) {
    Repeating with(tuning, parameters, 0), without(tuning, parameters, 0);
    without.task.encoder_outputs = nullptr;
    const Curve found = with.learned(), expected = without.learned();
    EXPECT_EQ(with.outputs.num_sources(), 3) << tuning;
    ASSERT_EQ(found.steps, expected.steps);
    EXPECT_LT(expected.values.back(), 0.8 * expected.values.front()) << tuning;
    for (size_t i = 0; i < found.values.size(); ++i)
      EXPECT_NEAR(found.values[i], expected.values[i], 1e-5) << tuning << ", point " << i;
  }
}

// After three steps every source is known, and weights of the encoder are read no more.
TEST(EncoderOutputs, StandInForTheEncoder) {
  for (const auto& [tuning, parameters] : decoder_tunings()) {
    Repeating as_it_is(tuning, parameters, 0), broken(tuning, parameters, 0);
    broken.task.after_step = [&](const TrainingRun&, int64_t step) {
      if (step != 3) return;
      const at::NoGradGuard no_grad;
      broken.model.encoder_projections()[0].self_qkv.whole_NK.detach().zero_();
    };
    EXPECT_EQ(broken.learned().values, as_it_is.learned().values) << tuning;
  }
}

TEST(EncoderOutputs, AreOfNoUseWhereTheEncoderLearnsOrDrops) {
  Repeating lora("lora", nlohmann::json::object(), 0);
  lora.learned();
  EXPECT_EQ(lora.outputs.num_sources(), 0);
  Repeating drops("last_layers", {{"encoder", false}, {"num_layers", 1}}, 0.1);
  drops.learned();
  EXPECT_EQ(drops.outputs.num_sources(), 0);
}

}  // namespace
}  // namespace dovetail
