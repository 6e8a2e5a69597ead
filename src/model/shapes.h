// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>

#include <nlohmann/json.hpp>

namespace dovetail {

// The named model shapes, as keys of config.json. The vocabulary size comes from the vocabulary.
std::map<std::string, nlohmann::json> model_shapes();

}  // namespace dovetail
