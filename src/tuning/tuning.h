// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace dovetail {

// What a sweep file may name on the tuning axis; known without LibTorch.
struct TuningEntry {
  std::string name;
  std::string paper;
  nlohmann::json defaults;   // its parameters
};

// The catalogue (tuning.inc), in its order.
std::vector<TuningEntry> tunings();

}  // namespace dovetail
