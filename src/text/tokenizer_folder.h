// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "text/added_tokens.h"

namespace dovetail {

// The vocabulary of a folder in the Hugging Face layout, as its JSON files describe it.
struct TokenizerFolder {
  enum class Kind { spiece, json, bytes };
  Kind kind = Kind::spiece;
  int num_sentinels = 0;          // where no file numbers them; of spiece and bytes
  int64_t model_vocabulary = -1;  // vocab_size of config.json; -1 without it
  // Tokens that stand beside the pieces, in the order in which they are numbered; id -1: not
  // numbered by a file. Those of tokenizer.json come first only where it is read beside
  // spiece.model.
  std::vector<AddedToken> added_tokens;
  std::vector<std::string> new_tokens;  // of a sweep, on top of all others
  std::optional<std::string> pad_token, eos_token, unk_token, bos_token;
  std::map<std::string, std::string> files;  // the tokenizer's files, by name: their bytes
};

// Throws DataError for a missing folder, for files that are not JSON, and for a tokenizer that is
// none of the three kinds; ConfigError for a key that changes ids and is not supported.
TokenizerFolder read_tokenizer_folder(const std::filesystem::path& folder);

// The content of tokenizer_config.json for a vocabulary that was not read from such a folder.
std::string tokenizer_config_json(const std::string& tokenizer_class, int num_sentinels);

}  // namespace dovetail
