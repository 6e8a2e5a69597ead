// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>

#include <functional>
#include <string>
#include <vector>

namespace dovetail {

// What a sweep file may name on the tuning axis; known without LibTorch.
struct TuningEntry {
  std::string name;
  std::string paper;
  nlohmann::json defaults;  // its parameters
  // Whether it trains soft tokens: a template with prompt parts (needs_soft_tokens) can only be
  // used with such a one, which has num_virtual_tokens and placement among its parameters.
  bool soft_tokens = false;
  // Throws ConfigError for parameters out of range; may be empty.
  std::function<void(const nlohmann::json& parameters)> check = {};
};

// The catalogue (tuning.inc), in its order.
std::vector<TuningEntry> tunings();

}  // namespace dovetail
