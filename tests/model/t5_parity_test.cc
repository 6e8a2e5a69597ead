// SPDX-License-Identifier: Apache-2.0
// Cases made by tests/oracles/t5_oracle.py with the reference implementation.
#include <gtest/gtest.h>
#include <torch/torch.h>

#include <filesystem>
#include <map>

#include "model/checkpoint.h"
#include "model/generate.h"
#include "model/safetensors.h"
#include "model/t5.h"

namespace dovetail {
namespace {

namespace fs = std::filesystem;
using torch::Tensor;

std::vector<std::string> case_names() {
  std::vector<std::string> names;
  if (!fs::exists(T5_ORACLE_FOLDER)) return names;
  for (const auto& entry : fs::directory_iterator(T5_ORACLE_FOLDER)) names.push_back(entry.path().filename());
  std::sort(names.begin(), names.end());
  return names;
}

struct Case {
  explicit Case(const fs::path& folder)
      : checkpoint(load_checkpoint(folder)), model(checkpoint.config, checkpoint.weights) {
    for (auto& [name, tensor] : read_safetensors(folder / "expected.safetensors")) expected[name] = tensor;
  }

  Tensor decoder_ids() const {
    const Tensor labels = expected.at("labels").to(torch::kInt64);
    const Tensor start = torch::zeros({labels.size(0), 1}, torch::kInt64);
    return torch::cat({start, labels.slice(1, 0, -1)}, 1).clamp_min(0);
  }
  Tensor memory() const {
    return model.encode(model.embed(expected.at("source").to(torch::kInt64)), expected.at("mask"));
  }

  Checkpoint checkpoint;
  T5Model model;
  std::map<std::string, Tensor> expected;
};

double largest_difference(const Tensor& a, const Tensor& b) { return (a - b).abs().max().item<double>(); }

TEST(T5Parity, HasCases) { EXPECT_GE(case_names().size(), 6u); }

TEST(T5Parity, LogitsWithin1e4) {
  for (const std::string& name : case_names()) {
    const Case c(fs::path(T5_ORACLE_FOLDER) / name);
    const Tensor hidden = c.model.decode(c.decoder_ids(), c.memory(), c.expected.at("mask"));
    EXPECT_LT(largest_difference(c.model.logits(hidden), c.expected.at("logits")), 1e-4) << name;
  }
}

TEST(T5Parity, LossAndEveryGradient) {
  for (const std::string& name : case_names()) {
    Case c(fs::path(T5_ORACLE_FOLDER) / name);
    NamedTensors named = named_tensors(c.model.config(), c.model.weights());
    for (auto& [key, tensor] : named) tensor.requires_grad_(true);
    const Tensor hidden = c.model.decode(c.decoder_ids(), c.memory(), c.expected.at("mask"));
    const Tensor loss = torch::nn::functional::cross_entropy(
        c.model.logits(hidden).flatten(0, 1), c.expected.at("labels").to(torch::kInt64).flatten(),
        torch::nn::functional::CrossEntropyFuncOptions().ignore_index(-100));
    loss.backward();
    EXPECT_NEAR(loss.item<double>(), c.expected.at("loss").item<double>(), 1e-5) << name;
    for (auto& [key, tensor] : named) {
      const Tensor expected = c.expected.at("grad." + key);
      const double scale = std::max(1e-6, expected.abs().max().item<double>());
      EXPECT_LT(largest_difference(tensor.grad(), expected) / scale, 1e-4) << name << " " << key;
    }
  }
}

TEST(T5Parity, GreedyIdsIdentical) {
  for (const std::string& name : case_names()) {
    const Case c(fs::path(T5_ORACLE_FOLDER) / name);
    const auto ours = generate_greedy(c.model, c.memory(), c.expected.at("mask"), 12);
    const Tensor theirs = c.expected.at("greedy").to(torch::kInt64);
    for (size_t row = 0; row < ours.size(); ++row) {
      for (int64_t i = 1; i < theirs.size(1); ++i) {
        const int64_t id = theirs[row][i].item<int64_t>();
        const bool ended = i > static_cast<int64_t>(ours[row].size());
        EXPECT_EQ(ended ? (id == 1 ? 1 : 0) : ours[row][i - 1], id) << name << " row " << row << " step " << i;
      }
    }
  }
}

}  // namespace
}  // namespace dovetail
