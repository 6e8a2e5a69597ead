// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "model/t5.h"
#include "tuning/prompt_places.h"
#include "tuning/tuning.h"

namespace dovetail {

class LabelReader;

// A soft token: one trained vector, wherever its name stands.
struct PromptToken {
  std::string name;   // "xNeed.P0"
  std::string group;  // tokens of a group are one sequence to an LSTM encoder
  // Pieces of the word in its name, from which it may start; empty without a word.
  std::vector<int32_t> pieces = {};
};

// The soft tokens of a cell, in the order of their ids: vocab_size + k is token k.
struct SoftTokenPlan {
  std::vector<PromptToken> tokens;
  // Where they stand; empty where that differs from source to source.
  std::vector<SourcePart> source = {};

  std::vector<std::string> names() const;
};

// The tuning of one model: chooses the trained tensors, and maps source ids to the encoder's input.
// Tensors that trainable() does not list stay bit-identical.
class TuningMethod {
 public:
  virtual ~TuningMethod() = default;

  // The trained tensors with their names, each a leaf that requires a gradient.
  virtual NamedTensors trainable() = 0;

  // Embeds source ids: [B, S] to [B, S, D]. Ids from the vocabulary's size on are soft tokens:
  // vocab_size + k is the k-th.
  virtual at::Tensor embed(const at::Tensor& ids_BS) = 0;

  virtual int64_t num_soft_tokens() const { return 0; }

  // What answers in place of the decoder; null: the decoder does.
  virtual LabelReader* label_reader() { return nullptr; }

  // Decisions made on the way, such as the sources of initial vectors; recorded with the results.
  virtual nlohmann::json notes() const { return nlohmann::json::object(); }

  // Takes over the values of a saved adapter of its kind. Throws ConfigError or DataError for one
  // that does not fit.
  virtual void begin_at(const std::filesystem::path& folder);

  // Saves the tuned tensors: a whole model in the Hugging Face layout, or an adapter in PEFT's.
  virtual void save(const std::filesystem::path& folder) const = 0;
};

struct Tuning {
  TuningEntry entry;
  // Makes the method from the given parameters, and defaults for the others. Throws ConfigError for
  // parameters out of range. The model must outlive the method. A tuning with soft tokens makes
  // those of the plan; for an empty plan, as many as its num_virtual_tokens.
  std::unique_ptr<TuningMethod> make(T5Model& model, const nlohmann::json& given, uint64_t seed,
                                     const SoftTokenPlan& plan = {}) const;
  // Gets complete parameters.
  std::function<std::unique_ptr<TuningMethod>(T5Model& model, const nlohmann::json& parameters,
                                              uint64_t seed, const SoftTokenPlan& plan)>
      build;
};

// By name; ConfigError lists the known ones.
const Tuning& find_tuning(const std::string& name);

}  // namespace dovetail
