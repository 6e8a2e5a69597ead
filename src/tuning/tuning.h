// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace dovetail {

// What is trained. The entries and their parameters, without LibTorch: for sweep files and lists.
struct TuningEntry {
  std::string name;
  std::string paper;
  nlohmann::json defaults;
};

// The catalogue (tuning.inc).
const std::vector<TuningEntry>& tunings();

}  // namespace dovetail
