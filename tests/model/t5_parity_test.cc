// SPDX-License-Identifier: Apache-2.0
// Cases made by tests/oracles/t5_oracle.py with the reference implementation: every family, every
// format of the weights.
#include <ATen/core/Tensor.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/where.h>
#include <c10/core/InferenceMode.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "model/checkpoints/checkpoint.h"
#include "model/generation/generate.h"
#include "model/t5_case.h"

namespace dovetail {
namespace {

namespace fs = std::filesystem;
using at::Tensor;

std::vector<std::string> case_names() { return t5_case_names(T5_ORACLE_FOLDER); }
T5Case read_case(const std::string& name) { return T5Case(fs::path(T5_ORACLE_FOLDER) / name); }

TEST(T5Parity, HasCases) { EXPECT_GE(case_names().size(), 40u); }

// Ranks and greedy ids rest on the oracle's margin, which is four times the difference printed
// here.
TEST(T5Parity, LogitsWithin1e4) {
  const at::InferenceMode inference;
  double worst = 0;
  for (const std::string& name : case_names()) {
    const T5Case c = read_case(name);
    const double difference = largest_difference(c.logits(), c.expected.at("logits"));
    EXPECT_LT(difference, 1e-4) << name;
    worst = std::max(worst, difference);
  }
  std::printf("largest difference of a logit: %.2e\n", worst);
}

TEST(T5Parity, RanksOfTheLabelsAreEqual) {
  const at::InferenceMode inference;
  for (const std::string& name : case_names()) {
    const T5Case c = read_case(name);
    if (!c.has("ranks")) continue;
    const Tensor logits = c.logits(), labels = c.ids("labels");
    const Tensor own = logits.gather(-1, labels.clamp_min(0).unsqueeze(-1));
    const Tensor ranks = at::where(labels < 0, 0, (logits > own).sum(-1) + 1);
    EXPECT_TRUE(at::equal(ranks, c.ids("ranks"))) << name;
  }
}

TEST(T5Parity, LossAndEveryGradient) {
  double worst = 0;
  for (const std::string& name : case_names()) {
    const T5Case c = read_case(name);
    if (!c.has("loss")) continue;
    NamedTensors named = named_tensors(c.model.config(), c.model.weights());
    for (auto& [key, tensor] : named) tensor.requires_grad_(true);
    const Tensor loss = c.loss();
    loss.backward();
    EXPECT_NEAR(loss.item<double>(), c.expected.at("loss").item<double>(), 1e-5) << name;
    for (auto& [key, tensor] : named) {
      const Tensor expected = c.expected.at("grad." + key);
      const double scale = std::max(1e-6, expected.abs().max().item<double>());
      const double difference = largest_difference(tensor.grad(), expected) / scale;
      EXPECT_LT(difference, 1e-4) << name << " " << key;
      worst = std::max(worst, difference);
    }
  }
  std::printf("largest relative difference of a gradient: %.2e\n", worst);
}

TEST(T5Parity, GreedyIdsIdentical) {
  for (const std::string& name : case_names()) {
    const T5Case c = read_case(name);
    if (!c.has("greedy")) continue;
    const at::InferenceMode inference;
    const auto ours = generate_greedy(c.model, c.memory(), c.expected.at("mask"), 12);
    const Tensor theirs = c.ids("greedy");
    const T5Config& config = c.model.config();
    for (size_t row = 0; row < ours.size(); ++row) {
      for (int64_t i = 1; i < theirs.size(1); ++i) {
        const auto length = static_cast<int64_t>(ours[row].size());
        const int64_t id = i <= length       ? ours[row][i - 1]
                           : i == length + 1 ? config.eos_token_id[0]
                                             : config.pad_token_id;
        EXPECT_EQ(id, theirs[row][i].item<int64_t>()) << name << " row " << row << " step " << i;
      }
    }
  }
}

// What tests/oracles/t5_saved_folders.py reads with the reference implementation.
TEST(T5Parity, SavesFoldersForTheReference) {
  for (const std::string& name : case_names()) {
    const Checkpoint checkpoint = load_checkpoint(fs::path(T5_ORACLE_FOLDER) / name);
    const fs::path folder = fs::path(T5_SAVED_FOLDER) / name;
    save_checkpoint(folder, checkpoint.config, checkpoint.weights);
    EXPECT_TRUE(fs::exists(folder / "model.safetensors"));
  }
}

}  // namespace
}  // namespace dovetail
