// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>

#include <functional>
#include <string>
#include <vector>

namespace dovetail {

// What a sweep file may name as an optimizer; known without LibTorch.
struct OptimizerEntry {
  std::string name;
  std::string paper;
  nlohmann::json defaults;  // its parameters, beside those that every optimizer has
  // Throws ConfigError for parameters out of range.
  std::function<void(const nlohmann::json& parameters)> check;
};

// The catalogue (optimizers.inc), in its order.
std::vector<OptimizerEntry> optimizers();

}  // namespace dovetail
