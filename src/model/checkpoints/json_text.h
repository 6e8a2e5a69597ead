// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>

#include <string>
#include <string_view>

namespace dovetail {

// Parses an untrusted JSON object. Throws DataError, naming the file, for text that is not JSON,
// not an object, or nested deeper than 64 levels (writing and copying JSON recurse).
nlohmann::json parse_json_object(std::string_view text, const std::string& file_name);

}  // namespace dovetail
