// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace dovetail {

// What the JSON files of a folder in the Hugging Face layout say about its vocabulary.
struct TokenizerFolder {
  bool is_bytes = false;
  int num_sentinels = 0;
  int64_t model_vocabulary = -1;  // vocab_size of config.json; -1: no such file or member
};

// Throws DataError: no such folder, files that are not JSON, a tokenizer that is neither a
// SentencePiece model nor bytes.
TokenizerFolder read_tokenizer_folder(const std::filesystem::path& folder);

// tokenizer_config.json.
std::string tokenizer_config_json(bool is_bytes, int num_sentinels);

}  // namespace dovetail
