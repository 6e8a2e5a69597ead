// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>

#include <set>
#include <string>
#include <vector>

#include "tuning/tuning_method.h"

namespace dovetail {

// Makes a model's weights ones that nothing trains, and prepacks them both ways; a model that cells
// share is prepacked already.
void freeze(T5Model& model);

// A tuning that trains small tensors in and around a model whose own weights stay as they are.
class AroundFrozen : public TuningMethod {
 public:
  NamedTensors trainable() override { return trained_; }
  at::Tensor embed(const at::Tensor& ids_BS) override { return model_.embed(ids_BS); }
  void begin_at(const std::filesystem::path& folder) override;
  // Writes stored() and config() as an adapter folder.
  void save(const std::filesystem::path& folder) const override;

  // The tensors as an adapter folder holds them: the trained ones with PEFT's prefix, unless the
  // method says otherwise. They share memory with the method's.
  virtual NamedTensors stored() const;
  // Takes over the values of stored() tensors, as a folder holds them. DataError for tensors of
  // other names or shapes.
  virtual void restore(const NamedTensors& tensors);

 protected:
  explicit AroundFrozen(T5Model& model);

  // The keys of adapter_config.json beside those of every adapter.
  virtual nlohmann::json config() const = 0;
  // Makes a trained tensor of these numbers, on the model's device.
  at::Tensor add_trained(std::string name, const at::Tensor& start);

  // A bottleneck that adds nothing at first: its second matrix is zero. Trained under `name`.down
  // and `name`.up.
  Bottleneck make_bottleneck(const std::string& name, int64_t width, at::Generator& generator);

  T5Model& model_;
  NamedTensors trained_;
};

// The parameters of a tuning, and initialization_folder.
Parameters with_saved_start(Parameters parameters);

// A linear layer of a block.
struct LinearLayer {
  std::string module;    // "encoder.block.0.layer.0.SelfAttention.q"
  std::string kind;      // what PEFT's target_modules match: "q"; "q_proj", "attn.c_proj"
  at::Tensor weight_NK;  // shares memory with the model's

  std::string weight_name() const { return module + ".weight"; }
};

// Of the whole model, in the order of the published checkpoints.
std::vector<LinearLayer> linear_layers(const T5Model& model);
// Those whose kind `targets` names, or T5's kind of the same use: "q" is also q_proj of a Llama and
// c_attn, which holds it, of a GPT-2. ConfigError for a target that the model lacks.
std::vector<LinearLayer> linear_layers(const T5Model& model, const std::string& tuning,
                                       const std::set<std::string>& targets);

std::set<std::string> set_of(const nlohmann::json& list);
// The kind of a linear layer of a block by its module's name; "" for any other module.
std::string linear_kind(const std::string& module);
// The kinds of some layers.
std::set<std::string> kinds_of(const std::vector<LinearLayer>& layers);

// Throws ConfigError for a model without an encoder, naming the tunings that it can have.
void refuse_causal(const T5Model& model, const std::string& tuning);

// adapter_config.json of an adapter that PEFT has no form for: what makes the method again.
nlohmann::json own_config(const std::string& tuning, nlohmann::json parameters);

}  // namespace dovetail
