// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>

#include <functional>
#include <string>
#include <vector>

#include "base/parameters.h"

namespace dovetail {

// An optimizer that a sweep file may name; known without LibTorch.
struct OptimizerEntry {
  std::string name;
  std::string paper;
  Parameters parameters = {};  // beside those that every optimizer has (OptimizerSettings)
  // Throws ConfigError for parameters that do not fit together; may be empty.
  std::function<void(const nlohmann::json& parameters)> check = {};
};

// The catalogue (optimizers.inc), in its order.
std::vector<OptimizerEntry> optimizers();

}  // namespace dovetail
