// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <torch/torch.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "model/checkpoints/checkpoint.h"
#include "model/checkpoints/safetensors.h"
#include "model/t5.h"

namespace dovetail {

// A folder that tests/oracles/t5_oracle.py made: a model, inputs, and what the reference says.
struct T5Case {
  explicit T5Case(const std::filesystem::path& folder)
      : checkpoint(load_checkpoint(folder)), model(checkpoint.config, checkpoint.weights) {
    for (auto& [name, tensor] : read_safetensors(folder / "expected.safetensors")) {
      expected[name] = tensor;
    }
  }

  bool has(const std::string& name) const { return expected.contains(name); }
  at::Tensor ids(const std::string& name) const { return expected.at(name).to(at::kLong); }

  at::Tensor memory() const {
    return model.encode(model.embed(ids("source")), expected.at("mask"));
  }
  at::Tensor logits() const {
    const at::Tensor labels = ids("labels");
    const at::Tensor start =
        at::full({labels.size(0), 1}, model.config().decoder_start_token_id, at::kLong);
    const at::Tensor shifted = at::cat({start, labels.slice(1, 0, -1)}, 1);
    const at::Tensor decoder_ids = at::where(shifted < 0, model.config().pad_token_id, shifted);
    return model.logits(model.decode(decoder_ids, memory(), expected.at("mask")));
  }
  // Mean over the labels that count.
  at::Tensor loss() const {
    return torch::nn::functional::cross_entropy(
        logits().flatten(0, 1), ids("labels").flatten(),
        torch::nn::functional::CrossEntropyFuncOptions().ignore_index(-100));
  }

  Checkpoint checkpoint;
  T5Model model;
  std::map<std::string, at::Tensor> expected;
};

inline std::vector<std::string> t5_case_names(const std::filesystem::path& folder) {
  std::vector<std::string> names;
  if (!std::filesystem::exists(folder)) return names;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    names.push_back(entry.path().filename());
  }
  std::sort(names.begin(), names.end());
  return names;
}

inline double largest_difference(const at::Tensor& a, const at::Tensor& b) {
  return (a.detach() - b).abs().max().item<double>();
}

}  // namespace dovetail
