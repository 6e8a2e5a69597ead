// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace dovetail {

// The id of a token or piece in a JSON file. Throws DataError, which begins with `where`, for all
// but a whole number from 0 and below 10,000,000: no vocabulary has more, and a wrong id must not
// take all memory.
int32_t token_id(const nlohmann::json& id, std::string_view content, const std::string& where);
// The same for an id that is the key of an object: "32000".
int32_t token_id_of_key(const std::string& key, std::string_view content, const std::string& where);

}  // namespace dovetail
