// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "text/added_tokens.h"
#include "text/piece_model.h"
#include "text/pre_tokenizer.h"
#include "text/text_encoder.h"
#include "text/text_normalizer.h"

namespace dovetail {

// The ids that a tokenizer puts around a text.
struct TextFrame {
  std::vector<int32_t> before, after;
};

// The file tokenizer.json of the Hugging Face `tokenizers` library (0.23), whose ids are the
// library's. Read are the models Unigram and BPE, and of the other components those that
// normalizer_from, pre_tokenizer_from and the functions in tokenizer_json.cc name; every other type
// is refused by its name.
struct TokenizerJson {
  std::vector<std::string> pieces;  // of the model, by id; "" where an id has no piece
  std::vector<AddedToken> added_tokens;
  std::optional<int32_t> unk_id;
  TextStep normalize;
  std::optional<TextFrame> frame;  // none: the file has no post_processor
  // "model" and "decoder" too, behind the interface of all vocabularies
  std::unique_ptr<TextEncoder> encoder;
};

// Throws DataError or ConfigError, which begin with `where`, for what is damaged or not supported.
TokenizerJson tokenizer_json_from(const nlohmann::json& json, const std::string& where);

}  // namespace dovetail
