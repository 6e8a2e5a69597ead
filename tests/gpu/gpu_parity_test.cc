// SPDX-License-Identifier: Apache-2.0
// A GPU computes what the CPU computes: forward, backward, answers, every tuning's training; and
// the same bits again in a second run. Skipped, with the reason, where there is none.
#include <ATen/ops/equal.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/randint.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "model/device.h"
#include "model/generation/generate.h"
#include "model/generation/generation_config.h"
#include "model/shapes.h"
#include "training/training_loop.h"
#include "tuning/label_reader.h"
#include "tuning/tuning_cases.h"

namespace dovetail {
namespace {

using at::Tensor;

constexpr int64_t kPieces = 60;

T5Model model_on(const at::Device& device, const std::string& shape = "t5-tiny") {
  nlohmann::json json = model_shapes().at(shape);
  json["vocab_size"] = kPieces;
  const T5Config config = model_config_from(json);
  const T5Weights weights = random_weights(config, 7);
  return {config, device.is_cpu() ? weights : clone_weights(config, weights, device)};
}

class GpuParity : public testing::Test {
 protected:
  void SetUp() override {
    try {
      gpu_ = device_from("cuda");
    } catch (const ConfigError& error) {
      GTEST_SKIP() << error.what();
    }
    at::manual_seed(5);
    ids_ = at::randint(3, kPieces, {4, 9});
    targets_ = at::randint(3, kPieces, {4, 5});
    mask_ = at::ones({4, 9});
  }

  Tensor logits(const T5Model& model) const {
    const at::Device device = model.device();
    const Tensor mask = mask_.to(device);
    const Tensor memory = model.encode(model.embed(ids_.to(device)), mask);
    return model.logits(model.decode(targets_.to(device), memory, mask)).cpu();
  }

  std::vector<std::vector<int32_t>> answers(const T5Model& model, int64_t beams) const {
    GenerationSettings settings;
    settings.max_new_tokens = 8;
    settings.num_beams = beams;
    apply_model_ids(model.config(), settings);
    const Tensor mask = mask_.to(model.device());
    std::vector<std::vector<int32_t>> ids;
    for (const auto& hypotheses :
         generate(model, model.encode(model.embed(ids_.to(model.device())), mask), mask, settings))
      ids.push_back(hypotheses.front().ids);
    return ids;
  }

  // The curve of ten steps on rows that the tuning can read.
  Curve learned(const at::Device& device, const TuningCase& one, const std::string& precision) {
    T5Model model = model_on(device);
    const auto method =
        find_tuning(one.tuning)
            .make(model, one.parameters.is_null() ? nlohmann::json::object() : one.parameters, 5);
    if (LabelReader* reader = method->label_reader()) reader->set_labels({{9, 1}, {4, 1}});
    TrainingTask task{.model = &model, .tuning = method.get(), .steps = 10};
    task.options.precision = precision;
    task.optimizer.learning_rate = 1e-2;
    const auto soft = static_cast<int32_t>(method->num_soft_tokens());
    task.next_batch = [soft](int64_t step) {
      Sequence row{{}, {step % 2 == 0 ? 9 : 4, 1}};
      for (int32_t k = 0; k < soft; ++k) row.source.push_back(kPieces + k);
      for (const int32_t id : {5 + static_cast<int32_t>(step % 2), 6, 7, 1})
        row.source.push_back(id);
      const std::vector<const Sequence*> rows(3, &row);
      return collate(rows);
    };
    TrainingState state;
    TrainingOutcome outcome;
    train(task, state, outcome);
    EXPECT_EQ(outcome.failure, "") << one.tuning;
    return outcome.train_loss;
  }

  at::Device gpu_ = at::kCPU;
  Tensor ids_, targets_, mask_;
};

TEST_F(GpuParity, Logits) {
  for (const char* shape : {"t5-tiny", "llama-tiny", "gpt2-tiny"}) {
    const Tensor found = logits(model_on(gpu_, shape)),
                 expected = logits(model_on(at::kCPU, shape));
    EXPECT_LT((found - expected).abs().max().item<double>(), 1e-4) << shape;
  }
}

TEST_F(GpuParity, Answers) {
  for (const char* shape : {"t5-tiny", "llama-tiny"})
    for (const int64_t beams : {1, 3})
      EXPECT_EQ(answers(model_on(gpu_, shape), beams), answers(model_on(at::kCPU, shape), beams))
          << shape << ", beams " << beams;
}

TEST_F(GpuParity, EveryTuningLearnsAsOnTheCpu) {
  for (const TuningCase& one : kCases) {
    const Curve found = learned(gpu_, one, "float32"), expected = learned(at::kCPU, one, "float32");
    ASSERT_EQ(found.values.size(), expected.values.size());
    for (size_t i = 0; i < found.values.size(); ++i)
      EXPECT_NEAR(found.values[i], expected.values[i], 1e-3) << one.tuning << ", point " << i;
  }
}

TEST_F(GpuParity, TheSameBitsAgain) {
  for (const char* precision : {"float32", "bfloat16"}) {
    const TuningCase full{"full", {}, 0, true};
    EXPECT_EQ(learned(gpu_, full, precision).values, learned(gpu_, full, precision).values)
        << precision;
  }
}

TEST_F(GpuParity, Bfloat16StaysNear) {
  T5Model model = model_on(gpu_);
  const Tensor exact = logits(model);
  const PrepackedWeights ready(model, Precision::bfloat16);
  const Tensor rounded = logits(model);
  EXPECT_LT((rounded - exact).abs().max().item<double>(), 0.05 * exact.std().item<double>());
  const TuningCase full{"full", {}, 0, true};
  const Curve half = learned(gpu_, full, "bfloat16"), whole = learned(gpu_, full, "float32");
  EXPECT_NEAR(half.values.back(), whole.values.back(), 0.1);
}

}  // namespace
}  // namespace dovetail
