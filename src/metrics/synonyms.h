// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

namespace dovetail {

// Which words stand in one synset of WordNet.
class Synonyms {
 public:
  // Read once a process from the folder that wordnet/wordnet.h names; ConfigError where there is none.
  static const Synonyms& of_wordnet();

  // The synsets of a word in lower case and of its base forms ("dogs", "went"), sorted.
  std::vector<int> synsets_of_forms(const std::string& word) const;

  // The synsets that list the word just so, case and form, sorted.
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
