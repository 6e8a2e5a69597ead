// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <string>

namespace dovetail {

// One step, or several, that rewrite a text before it is cut into words.
using TextStep = std::function<std::string(std::string)>;

// The "normalizer" of a tokenizer.json, which may be null. Throws DataError, which begins with
// `where`, for a type that is not supported, by its name.
TextStep normalizer_from(const nlohmann::json& json, const std::string& where);

}  // namespace dovetail
