// SPDX-License-Identifier: Apache-2.0
// Cases made by tests/oracles/lora_oracle.py with the reference implementation.
#include <ATen/ops/ones.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <map>

#include "base/file.h"
#include "model/checkpoints/checkpoint.h"
#include "model/checkpoints/safetensors.h"
#include "tuning/tuning_method.h"

namespace dovetail {
namespace {

namespace fs = std::filesystem;
using at::Tensor;

std::vector<fs::path> case_folders() {
  std::vector<fs::path> folders;
  if (!fs::exists(LORA_ORACLE_FOLDER)) return folders;
  for (const auto& entry : fs::directory_iterator(LORA_ORACLE_FOLDER)) folders.push_back(entry);
  return folders;
}

TEST(LoraParity, HasCases) { EXPECT_EQ(case_folders().size(), 2u); }

TEST(LoraParity, LogitsAndNamesAreTheReferences) {
  for (const fs::path& folder : case_folders()) {
    std::map<std::string, Tensor> expected;
    for (auto& [name, tensor] : read_safetensors(folder / "expected.safetensors"))
      expected[name] = tensor;
    const Checkpoint checkpoint = load_checkpoint(folder);
    T5Model model(checkpoint.config, checkpoint.weights);
    nlohmann::json parameters = defaults_of(find_tuning("lora").entry.parameters);
    parameters.update(nlohmann::json::parse(read_file(folder / "lora.json")));
    const auto method = find_tuning("lora").make(model, parameters, 1);
    for (auto& [name, tensor] : method->trainable()) tensor.detach().copy_(expected.at(name));

    const Tensor source = expected.at("source").to(at::kLong), mask = at::ones(source.sizes());
    const Tensor memory = model.encode(method->embed(source), mask);
    const Tensor logits =
        model.logits(model.decode(expected.at("decoder_ids").to(at::kLong), memory, mask));

    EXPECT_EQ(method->trainable().size() + 3, expected.size()) << folder;
    EXPECT_LT((logits - expected.at("logits")).abs().max().item<double>(), 1e-4) << folder;
  }
}

}  // namespace
}  // namespace dovetail
