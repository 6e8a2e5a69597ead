// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "text/added_tokens.h"
#include "text/special_ids.h"
#include "text/text_encoder.h"
#include "text/tokenizer_json.h"

namespace dovetail {

// What a vocabulary is made of, whichever file it comes from.
struct VocabularyParts {
  bool is_bytes = false;
  std::unique_ptr<TextEncoder> encoder;
  std::vector<std::string> pieces;    // by id, added tokens among them
  int64_t num_own = 0;                // ids without those of a sweep
  std::vector<AddedToken> added;      // all with ids
  AddedTokens::Normalizer normalize;  // null: the encoder does it
  SpecialIds special;
  TextFrame frame;                 // what the tokenizer puts around a text
  std::vector<int32_t> sentinels;  // ids of <extra_id_0>, <extra_id_1>, ...
  std::string content_hash;
  std::map<std::string, std::string> files;  // what Vocabulary::save writes, by name
};

// A SentencePiece model with `num_sentinels` sentinels and `add_tokens` on top.
VocabularyParts parts_of_spiece(const std::filesystem::path& model, int num_sentinels,
                                const std::vector<std::string>& add_tokens);
// ByT5's bytes with sentinels and `add_tokens` on top.
VocabularyParts parts_of_bytes(int num_sentinels, const std::vector<std::string>& add_tokens);
// A folder in the Hugging Face layout: see Vocabulary::from_folder.
VocabularyParts parts_of_folder(const std::filesystem::path& folder,
                                const std::vector<std::string>& add_tokens);

}  // namespace dovetail
