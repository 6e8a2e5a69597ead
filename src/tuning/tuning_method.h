// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <torch/torch.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "model/t5.h"
#include "tuning/tuning.h"

namespace dovetail {

// Where soft tokens go in a source; see tasks/template.h.
enum class Placement { before, after };

struct SoftTokens {
  int64_t count = 0;
  Placement placement = Placement::before;
};

// One cell's way of being tuned: which tensors are trained, and how source ids become the encoder's
// input. Everything it does not list in trainable() stays bit-identical.
class TuningMethod {
 public:
  virtual ~TuningMethod() = default;

  // The trained tensors with their names, each a leaf that requires a gradient.
  virtual NamedTensors trainable() = 0;

  // ids at or above the vocabulary's size stand for soft tokens: vocab_size + k is the k-th.
  virtual torch::Tensor embed(const torch::Tensor& ids_BS) = 0;

  virtual SoftTokens soft_tokens() const { return {}; }

  // What was tuned, in a folder: a whole model in the Hugging Face layout, or an adapter in PEFT's.
  virtual void save(const std::filesystem::path& folder) const = 0;
};

struct Tuning {
  TuningEntry entry;
  // Throws ConfigError for parameters out of range. The model must outlive the method.
  std::function<std::unique_ptr<TuningMethod>(T5Model& model, const nlohmann::json& parameters,
                                              uint64_t seed)> make;
};

// By name; ConfigError lists the known ones.
const Tuning& find_tuning(const std::string& name);

}  // namespace dovetail
