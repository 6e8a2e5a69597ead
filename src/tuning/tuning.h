// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>

#include <functional>
#include <string>
#include <vector>

#include "base/parameters.h"

namespace dovetail {

// A value of the tuning axis; known without LibTorch.
struct TuningEntry {
  std::string name;
  std::string paper;
  Parameters parameters = {};
  // Whether it trains soft tokens, with num_virtual_tokens and placement among its parameters. A
  // template with prompt parts can only be used with such a tuning.
  bool soft_tokens = false;
  // The peft_types of the saved adapters that it can start from, by its parameter
  // initialization_folder; empty: it has none.
  std::vector<std::string> starts_from = {};
  // Whether with these parameters every weight of the model stays as it is, so that cells may share
  // the model and their passes; empty: never.
  std::function<bool(const nlohmann::json& parameters)> keeps_weights = {};
  // Whether it reads one of the task's labels off the encoder's output, and so has no use for a
  // task without labels.
  bool classifies = false;
  // Whether TuningMethod::save can write what it trains.
  bool has_folder = true;
  // Throws ConfigError for parameters that do not fit together; may be empty.
  std::function<void(const nlohmann::json& parameters)> check = {};
};

// The catalogue (tuning.inc), in its order.
std::vector<TuningEntry> tunings();

// For TuningEntry::keeps_weights: with any parameters.
inline bool always_keeps_weights(const nlohmann::json&) { return true; }

}  // namespace dovetail
