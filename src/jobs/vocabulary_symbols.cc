// SPDX-License-Identifier: Apache-2.0
#include "jobs/vocabulary_symbols.h"

#include <algorithm>
#include <map>

#include "base/error.h"

namespace dovetail {

namespace {

std::vector<std::vector<int32_t>> encode_texts(const Objective& objective,
                                               const nlohmann::json& parameters,
                                               const Vocabulary& vocabulary) {
  std::vector<std::vector<int32_t>> encoded;
  std::map<std::vector<int32_t>, std::string> seen;
  for (const std::string& text : texts_of(objective, parameters)) {
    encoded.push_back(vocabulary.encode(text));
    const auto [other, is_new] = seen.try_emplace(encoded.back(), text);
    if (is_new || other->second == text) continue;
    throw_<ConfigError>(
        "the vocabulary cannot tell \"{}\" of objective {} from \"{}\": give texts of pieces "
        "that it has",
        text, objective.name, other->second);
  }
  return encoded;
}

// A piece's text without the mark of a space before it.
std::string_view without_space(std::string_view piece) {
  for (const std::string_view mark : {"\u2581", "\u0120", " "}) {
    if (piece.starts_with(mark)) return piece.substr(mark.size());
  }
  return piece;
}

bool is_sentence_end(std::string_view piece) {
  return !piece.empty() && piece.find_first_not_of(".?!") == std::string_view::npos;
}

}  // namespace

VocabularySymbols::VocabularySymbols(const Objective& objective, const nlohmann::json& parameters,
                                     const Vocabulary& vocabulary)
    : texts_(encode_texts(objective, parameters, vocabulary)) {
  for (int i = 0; i < vocabulary.num_sentinels(); ++i) sentinels_.push_back(vocabulary.sentinel(i));
  const SpecialIds& special = vocabulary.special_ids();
  for (int32_t id = 0; id < vocabulary.size(); ++id) {
    const std::string piece = vocabulary.piece(id);
    const std::string_view word = without_space(piece);
    const bool is_special = id == special.pad || id == special.eos || id == special.unk ||
                            id == special.bos || vocabulary.is_sentinel(id);
    ordinary_.push_back(!is_special);
    begins_word_.push_back(word.size() < piece.size());
    ends_sentence_.push_back(id == special.eos || is_sentence_end(word));
  }
}

Symbols VocabularySymbols::symbols() const {
  Symbols all(sentinels_, texts_);
  all.ordinary = ordinary_;
  all.begins_word = begins_word_;
  all.ends_sentence = ends_sentence_;
  return all;
}

int64_t VocabularySymbols::longest_text() const {
  size_t length = 0;
  for (const TokenIds& text : texts_) length = std::max(length, text.size());
  return static_cast<int64_t>(length);
}

}  // namespace dovetail
