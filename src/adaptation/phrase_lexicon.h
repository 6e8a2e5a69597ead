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

// A phrase after which a sentence divides, and the relation that it stands for: "is used for",
// ObjectUse, Filling.
struct LexiconPhrase {
  std::vector<std::string> words;  // small letters
  std::string relation, group;
};

// Where a phrase was found: words [begin, end) of the sentence.
struct PhraseMatch {
  const LexiconPhrase* phrase = nullptr;
  size_t begin = 0, end = 0;
};

// A list of such phrases, kept as data because results depend on it: data/lexicons/NAME.toml says
// every key.
class PhraseLexicon {
 public:
  // By name, or a file that ends in .toml. ConfigError FILE:LINE:COLUMN for a phrase in capital
  // letters or with punctuation, one that is there twice, and a relation without a group.
  explicit PhraseLexicon(const std::string& name_or_file);

  const std::string& name() const { return name_; }
  int64_t version() const { return version_; }
  const std::vector<LexiconPhrase>& phrases() const { return phrases_; }
  // Hash of all that decides where it cuts.
  std::string fingerprint() const;

  // The phrases of a sentence (its words in small letters, with their punctuation), at each place
  // the longest one. In the order of the sentence.
  std::vector<PhraseMatch> find(std::span<const std::string> words) const;
  // Whether these words, without punctuation at their ends, can be a tail.
  bool allows_tail(std::span<const std::string> words) const;

 private:
  void read(const std::string& file);

  std::string name_;
  int64_t version_ = 1;
  std::vector<LexiconPhrase> phrases_;
  std::unordered_map<std::string, std::vector<size_t>> by_first_word_;  // the longest ones first
  std::vector<std::vector<std::string>> tails_never_begin_;
  std::vector<std::string> tails_never_are_;
};

// Words between blanks.
std::vector<std::string> words_of(std::string_view text);

// Without the punctuation (and blanks) at its ends: quotes, brackets, . , ; : ! ? - and their
// Unicode forms.
std::string_view without_punctuation(std::string_view word);

}  // namespace dovetail
