// SPDX-License-Identifier: Apache-2.0
#include "metrics/synonyms.h"

#include <algorithm>
#include <span>
#include <string_view>

#include "base/error.h"
#include "base/file.h"
#include "base/names.h"
#include "metrics/tokens.h"
#include "wordnet/wordnet.h"

namespace dovetail {

namespace {

// Rules of detachment: morphy(7WN), as nltk has them.
struct Detachment {
  std::string_view suffix, replacement;
};
constexpr Detachment kNoun[] = {{"s", ""},      {"ses", "s"},   {"ves", "f"},
                                {"xes", "x"},   {"zes", "z"},   {"ches", "ch"},
                                {"shes", "sh"}, {"men", "man"}, {"ies", "y"}};
constexpr Detachment kVerb[] = {{"s", ""},   {"ies", "y"}, {"es", "e"},  {"es", ""},
                                {"ed", "e"}, {"ed", ""},   {"ing", "e"}, {"ing", ""}};
constexpr Detachment kAdjective[] = {{"er", ""}, {"est", ""}, {"er", "e"}, {"est", "e"}};
constexpr std::span<const Detachment> kDetachments[] = {kNoun, kVerb, kAdjective, {}};
constexpr const char* kExceptionFiles[] = {"noun.exc", "verb.exc", "adj.exc", "adv.exc"};

int part_of(char part_of_speech) {
  return part_of_speech == 'n' ? 0 : part_of_speech == 'v' ? 1 : part_of_speech == 'r' ? 3 : 2;
}

std::string with_spaces(std::string word) {
  std::replace(word.begin(), word.end(), '_', ' ');
  return word;
}

void sort_once(std::vector<int>& numbers) {
  std::sort(numbers.begin(), numbers.end());
  numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
}

}  // namespace

const Synonyms& Synonyms::of_wordnet() {
  static const Synonyms synonyms;
  return synonyms;
}

Synonyms::Synonyms() {
  const std::vector<Synset>& synsets = shared_wordnet().synsets();
  for (size_t i = 0; i < synsets.size(); ++i) {
    for (const std::string& word : synsets[i].words) {
      lower_case_[part_of(synsets[i].part_of_speech)][lower_case(word)].push_back(
          static_cast<int>(i));
      if (word.find(' ') == std::string::npos) with_[word].push_back(static_cast<int>(i));
    }
  }
  for (int part = 0; part < kPartsOfSpeech; ++part) read_exceptions(part, kExceptionFiles[part]);
}

// Lines "went go": a form and its base forms.
void Synonyms::read_exceptions(int part, const std::string& file) {
  for (const std::string& line : split(read_file(wordnet_folder() / file), '\n')) {
    Tokens words = split_white_space(line);
    if (words.empty()) continue;
    const std::string form = words.front();
    words.erase(words.begin());
    exceptions_[part][form] = std::move(words);
  }
}

void Synonyms::add_synsets(const std::string& form, int part, std::vector<int>& synsets) const {
  const auto found = lower_case_[part].find(with_spaces(form));
  if (found == lower_case_[part].end()) return;
  synsets.insert(synsets.end(), found->second.begin(), found->second.end());
}

std::vector<int> Synonyms::synsets_of_forms(const std::string& word) const {
  std::vector<int> synsets;
  for (int part = 0; part < kPartsOfSpeech; ++part) {
    add_synsets(word, part, synsets);
    if (const auto listed = exceptions_[part].find(word); listed != exceptions_[part].end()) {
      for (const std::string& form : listed->second) add_synsets(form, part, synsets);
      continue;  // an irregular form has no regular ones
    }
    for (const Detachment& rule : kDetachments[part]) {
      if (!word.ends_with(rule.suffix)) continue;
      const std::string stem = word.substr(0, word.size() - rule.suffix.size());
      add_synsets(stem + std::string(rule.replacement), part, synsets);
    }
  }
  sort_once(synsets);
  return synsets;
}

const std::vector<int>& Synonyms::synsets_with(const std::string& word) const {
  static const std::vector<int> none;
  const auto found = with_.find(word);
  return found == with_.end() ? none : found->second;
}

}  // namespace dovetail
