// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

namespace dovetail {

// The synsets of WordNet that words share.
class Synonyms {
 public:
  // Reads WordNet once a process, from the folder that wordnet/wordnet.h finds; ConfigError without
  // one.
  static const Synonyms& of_wordnet();

  // The synsets of a word in lower case and of its base forms ("dogs", "went"), sorted.
  std::vector<int> synsets_of_forms(const std::string& word) const;

  // The synsets that list the word in exactly this form and case, sorted.
  const std::vector<int>& synsets_with(const std::string& word) const;

 private:
  static constexpr int kPartsOfSpeech = 4;  // noun, verb, adjective, adverb
  using Index = std::unordered_map<std::string, std::vector<int>>;

  Synonyms();
  void read_exceptions(int part, const std::string& file);
  void add_synsets(const std::string& form, int part, std::vector<int>& synsets) const;

  Index with_;
  Index lower_case_[kPartsOfSpeech];
  std::unordered_map<std::string, std::vector<std::string>> exceptions_[kPartsOfSpeech];
};

}  // namespace dovetail
