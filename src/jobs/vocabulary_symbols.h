// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>

#include <vector>

#include "objectives/objective.h"
#include "text/vocabulary.h"

namespace dovetail {

// What an objective may write beside the tokens of a text, and know of them, in one vocabulary.
class VocabularySymbols {
 public:
  // ConfigError where the vocabulary cannot tell two texts of the objective from each other.
  VocabularySymbols(const Objective& objective, const nlohmann::json& parameters,
                    const Vocabulary& vocabulary);

  Symbols symbols() const;       // refers to this
  int64_t longest_text() const;  // ids of the longest text that the objective may put before inputs

 private:
  std::vector<int32_t> sentinels_;
  std::vector<char> ordinary_, begins_word_, ends_sentence_;
  std::vector<TokenIds> texts_;
};

}  // namespace dovetail
