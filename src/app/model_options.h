// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "app/model_input.h"
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

// Loads model and adapter, and sets the number of threads. Throws ConfigError or DataError.
T5Model load_model(const ModelOptions& options);

ModelInputRules input_rules(const ModelOptions& options, const T5Model& model, bool with_target);

// A number as JSON: the shortest decimal that reads back as the same float; null for NaN and
// infinity.
std::string json_number(float number);

}  // namespace dovetail
