// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "app/model_input.h"
#include "model/generation/score.h"
#include "model/t5.h"

namespace CLI {
class App;
}

namespace dovetail {

// Options that `score` and `generate` share.
struct ModelOptions {
  std::string model, adapter, input, device = "cpu";
  int threads = 1;
  int64_t max_source_length = 512;
  bool truncate = false;
};

void add_model_options(CLI::App& command, ModelOptions& options, const std::string& about_input);

// A model with its adapter. Shape suffixes: B batch, K vectors of the prompt, S source length with
// the prompt, D d_model.
struct AdaptedModel {
  T5Model model;
  at::Tensor prompt_KD;  // before the encoder's input; undefined without a prompt adapter

  int64_t prompt_length() const { return prompt_KD.defined() ? prompt_KD.size(0) : 0; }
};

// Loads model and adapter, and sets the number of threads. Throws ConfigError or DataError.
AdaptedModel load_model(const ModelOptions& options);

// The encoder's output for a batch of sources and its mask, prompt and padding included.
struct EncodedSources {
  at::Tensor memory_BSD, mask_BS;
};
EncodedSources encode_sources(const AdaptedModel& adapted, std::span<const Ids> sources);

ModelInputRules input_rules(const ModelOptions& options, const T5Model& model, bool with_target);

// A number as JSON: the shortest decimal that reads back as the same float; null for NaN and
// infinity.
std::string json_number(float number);

}  // namespace dovetail
