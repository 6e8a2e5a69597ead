// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "text/piece_trie.h"

namespace dovetail {

// A text that is one id wherever it stands: a special token, a sentinel, or a token that a user
// added to a vocabulary. The fields are those of `tokenizers`.
struct AddedToken {
  int32_t id = 0;
  std::string content;
  bool single_word = false;  // only where no letter or digit touches it
  bool lstrip = false;       // takes the whitespace before it along
  bool rstrip = false;       // takes the whitespace behind it along
  bool normalized = false;   // is looked for in the normalized text
  bool special = false;
  // Stands for itself only where a text may hold special tokens: pad, </s>, <unk>, sentinels.
  bool is_control = false;
};

// A part of a text: one added token, or normalized text without any.
struct TextPart {
  int32_t id = -1;  // -1: text
  std::string text;
  bool opens_text = false;  // whether it begins where the whole text begins
};

// Finds added tokens as `tokenizers` does: of tokens that begin at the same place the longest one,
// first those of the text as it is, then those of the normalized text.
class AddedTokens {
 public:
  using Normalizer = std::function<std::string(std::string_view)>;

  AddedTokens() : AddedTokens({}, nullptr) {}
  // Without a normalizer every token is looked for in the text as it is.
  AddedTokens(std::vector<AddedToken> tokens, Normalizer normalizer);

  std::vector<TextPart> cut(std::string_view text, bool with_controls) const;

  const std::vector<AddedToken>& tokens() const { return tokens_; }
  const AddedToken* find(std::string_view content) const;  // null: there is none
  const AddedToken* find(int32_t id) const;

 private:
  struct Match;
  using Finder = std::optional<PieceTrie>;  // ids are places in tokens_
  std::optional<Match> next_match(const Finder& finder, std::string_view text, size_t from,
                                  bool with_controls) const;
  std::vector<TextPart> cut_with(const Finder& finder, std::string_view text,
                                 bool with_controls) const;
  Finder finder_of(bool normalized) const;

  std::vector<AddedToken> tokens_;
  Normalizer normalizer_;
  Finder raw_, normalized_;
};

}  // namespace dovetail
