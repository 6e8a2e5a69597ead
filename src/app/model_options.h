// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "app/model_input.h"
#include "model/generation/score.h"
#include "model/t5.h"
#include "tuning/prompt_adapter.h"

namespace CLI {
class App;
}

namespace dovetail {

// Options that `score` and `generate` share.
struct ModelOptions {
  std::string model, adapter, input, device = "cpu";
  std::string precision = "float32";
  int threads = 1;
  int64_t max_source_length = 512;
  bool truncate = false;
};

void add_model_options(CLI::App& command, ModelOptions& options, const std::string& about_input);

// A model with its adapter. Shape suffixes: B batch, S source length with the soft tokens, D
// d_model.
struct AdaptedModel {
  std::unique_ptr<T5Model> owned;  // at one place in memory: an adapter may refer to it
  T5Model& model = *owned;
  PromptAdapter prompt;  // empty without one
};

// Loads model and adapter, and sets the number of threads. Throws ConfigError or DataError.
AdaptedModel load_model(const ModelOptions& options);

// Encodes a batch of sources, with soft tokens among their ids.
EncodedSources encode_sources(const AdaptedModel& adapted, std::span<const Ids> sources);

ModelInputRules input_rules(const ModelOptions& options, const AdaptedModel& adapted,
                            bool with_target);

// A number as JSON: the shortest decimal that reads back as the same float; null for NaN and
// infinity.
std::string json_number(float number);

}  // namespace dovetail
