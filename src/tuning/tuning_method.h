// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "model/t5.h"
#include "tuning/tuning.h"

namespace dovetail {

// A soft token: trained as one vector wherever its name stands.
struct PromptToken {
  std::string name;   // "xNeed.P0"
  std::string group;  // tokens of a group are one sequence to an LSTM encoder
  // Pieces of the word in its name, from which it may start; empty without a word.
  std::vector<int32_t> pieces = {};
};

// The soft tokens of a cell, in the order of their ids: vocab_size + k is token k.
struct SoftTokenPlan {
  std::vector<PromptToken> tokens;
};

// How a cell is fine-tuned: which tensors are trained, and how source ids become the encoder's
// input. All tensors that are not in trainable() stay bit-identical.
class TuningMethod {
 public:
  virtual ~TuningMethod() = default;

  // The trained tensors with their names, each a leaf that requires a gradient.
  virtual NamedTensors trainable() = 0;

  // Embeds ids. At and above the vocabulary's size they are soft tokens: vocab_size + k is token k.
  virtual at::Tensor embed(const at::Tensor& ids_BS) = 0;

  virtual int64_t num_soft_tokens() const { return 0; }

  // Facts for the record, such as how vectors were initialized.
  virtual nlohmann::json notes() const { return nlohmann::json::object(); }

  // Saves the tuned part in a folder: a whole model in the Hugging Face layout, or a PEFT adapter.
  virtual void save(const std::filesystem::path& folder) const = 0;
};

struct Tuning {
  TuningEntry entry;
  // Makes the method from the given parameters, and defaults for the others. Throws ConfigError for
  // parameters out of range. The model must outlive the method. A tuning with soft tokens makes
  // those of the plan; for an empty plan, as many as its num_virtual_tokens.
  std::unique_ptr<TuningMethod> make(T5Model& model, const nlohmann::json& given, uint64_t seed,
                                     const SoftTokenPlan& plan = {}) const {
    return build(model, resolve_parameters(entry, given), seed, plan);
  }
  // Gets complete parameters.
  std::function<std::unique_ptr<TuningMethod>(T5Model& model, const nlohmann::json& parameters,
                                              uint64_t seed, const SoftTokenPlan& plan)>
      build;
};

// By name; ConfigError lists the known ones.
const Tuning& find_tuning(const std::string& name);

}  // namespace dovetail
