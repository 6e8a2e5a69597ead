// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>
#include <nlohmann/json.hpp>

#include <string>
#include <vector>

#include "model/weights.h"

namespace dovetail {

// The network between a soft prompt's trained table and the model's input: the prompt encoders of
// MTO (Pouramini and Faili 2024, whose runs used the residual MLP). Shape suffixes: K tokens, D
// d_model.
//   embedding     nothing (Lester et al. 2021)
//   mlp           d -> hidden -> ... -> d, ReLU between; `layers` hidden layers
//   mlp_residual  `layers` blocks x + W2 relu(W1 x), `hidden` wide inside
//   lstm          `layers` bidirectional layers of `hidden` a direction over each group of tokens,
//                 projected to d where 2 hidden differs from it, then one residual block (Liu et
//                 al. 2021)
//   multitask     the table times a matrix of rank `layers` for the task, ones at the start: from a
//                 table that tasks share (initialization saved), multitask prompt tuning's second
//                 stage (Wang et al. 2023, sec. 3.2)
struct PromptEncoderSettings {
  std::string kind = "embedding";
  int64_t layers = 0;  // 0: one, for lstm two
  int64_t hidden = 0;  // 0: d_model, for lstm half of it
};

// Reads the parameters encoder, encoder_layers and encoder_hidden. MTO's spelling
// KIND@LAYERS@HIDDEN ("mlp@2@200") combines all three. Throws ConfigError for an unknown kind or
// values out of range.
PromptEncoderSettings read_prompt_encoder(const nlohmann::json& parameters);

class PromptEncoder {
 public:
  // `groups` names each token's sequence, in the table's order.
  PromptEncoder(const PromptEncoderSettings& settings, int64_t d_model,
                std::vector<std::string> groups, uint64_t seed, const at::Device& device);

  // The prompt's trained table to its vectors, both [K, D]. Differentiable.
  at::Tensor forward(const at::Tensor& table_KD) const;

  // The encoder's own weights, leaves that require a gradient: "prompt_encoder.linear.0.weight".
  const NamedTensors& weights() const { return weights_; }

 private:
  void add_linear(int64_t inputs, int64_t outputs);
  void add_lstm();
  void add_ones(const std::string& name, at::IntArrayRef shape);
  void add(const std::string& name, at::IntArrayRef shape, double bound);
  at::Tensor linear(const at::Tensor& x, int64_t which) const;
  at::Tensor residual(const at::Tensor& x, int64_t which) const;
  at::Tensor lstm(const at::Tensor& x_KD) const;

  PromptEncoderSettings settings_;
  int64_t d_model_;
  std::vector<std::string> groups_;
  at::Generator generator_;
  at::Device device_;
  NamedTensors weights_;
  int64_t num_linear_ = 0, first_linear_ = 0;  // linear layers; index of the first in weights_
};

}  // namespace dovetail
