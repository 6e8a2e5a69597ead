// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>

#include <nlohmann/json.hpp>

namespace dovetail {

// config.json keys of the named shapes; the vocabulary size comes from the vocabulary.
std::map<std::string, nlohmann::json> model_shapes();

}  // namespace dovetail
