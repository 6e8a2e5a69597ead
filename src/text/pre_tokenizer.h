// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace dovetail {

// A stretch of normalized text that is cut into pieces by itself.
struct Word {
  std::string text;
  bool opens_text = false;  // whether it begins where the whole text begins
};

using WordStep = std::function<void(std::vector<Word>&)>;

// The "pre_tokenizer" of a tokenizer.json, which may be null. Throws DataError, which begins with
// `where`, for a type that is not supported, by its name.
WordStep pre_tokenizer_from(const nlohmann::json& json, const std::string& where);

// The character by which GPT-2's vocabulary writes a byte, as UTF-8: printable ASCII and Latin-1
// stand for themselves, all others follow from U+0100 on.
const std::string& character_of_byte(unsigned char byte);

}  // namespace dovetail
