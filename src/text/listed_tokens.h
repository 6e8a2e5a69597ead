// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "text/added_tokens.h"

namespace dovetail {

// Added tokens in the order in which transformers 5.23 numbers them: those with an id
// (added_tokens_decoder, added_tokens.json) by it, then the named ones (eos_token and the like),
// then the lists additional_special_tokens and extra_special_tokens. Of equal contents the first
// one counts; an id of -1 is still to be given. Throws DataError, which begins with `where`, for an
// id that is none.
std::vector<AddedToken> listed_tokens(const nlohmann::json& tokenizer_config,
                                      const nlohmann::json& special_tokens_map,
                                      const nlohmann::json& added_tokens, const std::string& where);

// The text of a token, which may be a string or an object with "content"; none for all else.
std::optional<std::string> token_content(const nlohmann::json& token);

// One token of "added_tokens" of a tokenizer.json. Throws DataError as listed_tokens.
AddedToken numbered_token_from(const nlohmann::json& json, const std::string& where);
// One token without its "id", as added_tokens_decoder and the lists hold it.
AddedToken added_token_from(const nlohmann::json& json, int32_t id);

// K of "<extra_id_K>"; -1 for all other texts. K has no leading zeros.
int sentinel_number(std::string_view content);

}  // namespace dovetail
