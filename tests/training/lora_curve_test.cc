// SPDX-License-Identifier: Apache-2.0
// The case made by tests/oracles/lora_curve_oracle.py: PEFT's LoRA, and torch's AdamW.
#include <ATen/core/Tensor.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <map>

#include "base/file.h"
#include "model/checkpoints/checkpoint.h"
#include "model/checkpoints/safetensors.h"
#include "training/training_loop.h"

namespace dovetail {
namespace {

namespace fs = std::filesystem;
using at::Tensor;

struct LoraCurve {
  std::vector<double> losses;  // means over pairs of steps, the points of a curve of 80 steps
  double largest_b = 0;
};

// Trains our low-rank update from PEFT's start, on the same rows in the same order.
class LoraCase {
 public:
  LoraCase() : settings_(Json::parse(read_file(folder_ / "lora.json"))) {
    for (auto& [name, tensor] : read_safetensors(folder_ / "curve.safetensors"))
      expected_[name] = tensor;
  }

  LoraCurve reference() const {
    const Tensor& losses = expected_.at("losses");
    LoraCurve curve{.losses = {}, .largest_b = expected_.at("largest_b").item<double>()};
    for (int64_t i = 0; i + 1 < losses.numel(); i += 2)
      curve.losses.push_back((losses[i] + losses[i + 1]).item<double>() / 2);
    return curve;
  }

  LoraCurve train_with(bool rms_scaling) const {
    const Checkpoint checkpoint = load_checkpoint(folder_);
    T5Model model(checkpoint.config, checkpoint.weights);
    const auto method = find_tuning("lora").make(model, settings_.at("parameters"), 1);
    for (auto& [name, tensor] : method->trainable()) {
      if (expected_.contains(name)) tensor.detach().copy_(expected_.at(name));
    }
    TrainingTask task{.model = &model, .tuning = method.get(), .steps = settings_.at("steps")};
    task.optimizer.learning_rate = settings_.at("learning_rate");
    task.optimizer.schedule = "linear";
    task.optimizer.parameters["rms_scaling"] = rms_scaling;
    task.next_batch = [this](int64_t step) { return batch(step); };
    TrainingState state;
    TrainingOutcome outcome;
    train(task, state, outcome);
    EXPECT_EQ(outcome.failure, "");
    LoraCurve curve{.losses = outcome.train_loss.values};
    for (const auto& [name, tensor] : method->trainable()) {
      if (name.find("lora_B") != std::string::npos)
        curve.largest_b = std::max(curve.largest_b, tensor.abs().max().item<double>());
    }
    return curve;
  }

 private:
  // Both sides without </s>, as in the oracle.
  Batch batch(int64_t step) const {
    const int64_t rows = settings_.at("rows");
    const Tensor &source = expected_.at("source"), &target = expected_.at("target");
    std::vector<Sequence> sequences(rows);
    std::vector<const Sequence*> chosen;
    for (int64_t row = 0; row < rows; ++row) {
      const int64_t place = (step * rows + row) % source.size(0);
      for (int64_t i = 0; i < source.size(1); ++i) {
        sequences[row].source.push_back(static_cast<int32_t>(source[place][i].item<float>()));
        sequences[row].target.push_back(static_cast<int32_t>(target[place][i].item<float>()));
      }
      chosen.push_back(&sequences[row]);
    }
    return collate(chosen);
  }

  fs::path folder_ = LORA_CURVE_FOLDER;
  Json settings_;
  std::map<std::string, Tensor> expected_;
};

void expect_within_ten_percent(const LoraCurve& ours, const LoraCurve& reference) {
  ASSERT_EQ(ours.losses.size(), reference.losses.size());
  ASSERT_EQ(ours.losses.size(), 40u);
  for (size_t step = 0; step < ours.losses.size(); ++step) {
    EXPECT_NEAR(ours.losses[step], reference.losses[step], 0.1 * reference.losses[step])
        << "steps " << 2 * step + 1 << ", " << 2 * step + 2;
  }
  EXPECT_NEAR(ours.largest_b, reference.largest_b, 0.1 * reference.largest_b);
}

TEST(LoraCurve, IsPeftsWithAndWithoutScalingByParameters) {
  const LoraCase c;
  const LoraCurve reference = c.reference();
  ASSERT_LT(reference.losses.back(), 0.5 * reference.losses.front()) << "it learns";
  for (const bool rms_scaling : {false, true}) {
    SCOPED_TRACE(rms_scaling ? "rms_scaling" : "plain AdamW");
    expect_within_ten_percent(c.train_with(rms_scaling), reference);
  }
}

}  // namespace
}  // namespace dovetail
