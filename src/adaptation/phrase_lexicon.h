// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/text.h"

namespace dovetail {

// A phrase after which a sentence can be split, and the relation that it expresses: "is used for",
// ObjectUse, Filling.
struct LexiconPhrase {
  std::vector<std::string> words;  // lower case
  std::string relation, group;
};

// A phrase found at the words [begin, end) of a sentence.
struct PhraseMatch {
  const LexiconPhrase* phrase = nullptr;
  size_t begin = 0, end = 0;
};

// A list of such phrases, kept as data because results depend on it. The comments in
// data/lexicons/commonsense.toml explain every key.
class PhraseLexicon {
 public:
  // Reads a lexicon by name, or a file that ends in .toml. ConfigError FILE:LINE:COLUMN for a
  // phrase in upper case or with punctuation, a repeated phrase, and a relation without a group.
  explicit PhraseLexicon(const std::string& name_or_file);

  const std::string& name() const { return name_; }
  int64_t version() const { return version_; }
  const std::vector<LexiconPhrase>& phrases() const { return phrases_; }
  // Hash of all that decides where it splits.
  std::string fingerprint() const;

  // The phrases of a sentence, in its order; at each place the longest one. `words` are in lower
  // case and keep their punctuation.
  std::vector<PhraseMatch> find(std::span<const std::string> words) const;
  // Whether these words, stripped of punctuation at their ends, can be a tail.
  bool allows_tail(std::span<const std::string> words) const;

 private:
  void read(const std::string& file);

  std::string name_;
  int64_t version_ = 1;
  std::vector<LexiconPhrase> phrases_;
  std::unordered_map<std::string, std::vector<size_t>> by_first_word_;  // longest first
  std::vector<std::vector<std::string>> tails_never_begin_;
  std::vector<std::string> tails_never_are_;
};

// The words of a text, separated by whitespace.
std::vector<std::string> words_of(std::string_view text);

// Strips punctuation and spaces from both ends: quotes, brackets, . , ; : ! ? - and their Unicode
// forms.
std::string_view without_punctuation(std::string_view word);

}  // namespace dovetail
