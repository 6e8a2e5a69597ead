// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace dovetail {

// The vocabulary of a folder in the Hugging Face layout, as its JSON files describe it.
struct TokenizerFolder {
  bool is_bytes = false;
  int num_sentinels = 0;
  int64_t model_vocabulary = -1;  // vocab_size of config.json; -1 without it
};

// Throws DataError for a missing folder, for files that are not JSON, and for a tokenizer that is
// neither a SentencePiece model nor bytes.
TokenizerFolder read_tokenizer_folder(const std::filesystem::path& folder);

// The content of tokenizer_config.json.
std::string tokenizer_config_json(bool is_bytes, int num_sentinels);

}  // namespace dovetail
