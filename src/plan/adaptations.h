// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/parameters.h"

namespace dovetail {

// A value of the axis adaptation.
struct AdaptationEntry {
  std::string name;
  std::string definition;  // for readers
  std::string paper = {};
  // Beside the keys of [adapt], or, of those that change the cell itself, in their place.
  Parameters parameters = {};
  std::function<void(const nlohmann::json& parameters)> check = {};  // throws ConfigError
  bool cuts_sentences = false;
  bool reads_pool = false;
  bool in_cell = false;  // changes how the cell itself is trained, from the base, and adds no job
};

// The catalogue, and one entry by name; ConfigError lists the known ones.
const std::vector<AdaptationEntry>& adaptations();
const AdaptationEntry& find_adaptation(const std::string& name);

}  // namespace dovetail
