// SPDX-License-Identifier: Apache-2.0
#include "adaptation/phrase_lexicon.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "adaptation/relation_groups.h"
#include "base/error.h"
#include "base/hash.h"
#include "base/named_file.h"
#include "base/names.h"
#include "base/strict_toml.h"
#include "base/text.h"

namespace dovetail {

namespace {

// Whether `words` has `part` at `begin`.
bool stands_at(std::span<const std::string> words, size_t begin,
               const std::vector<std::string>& part) {
  return begin + part.size() <= words.size() &&
         std::equal(part.begin(), part.end(), words.begin() + static_cast<int64_t>(begin));
}

void require_phrase(const StrictToml& toml, const std::string& key, const std::string& phrase) {
  const std::vector<std::string> words = words_of(phrase);
  const bool plain = std::all_of(words.begin(), words.end(), [](const std::string& word) {
    return without_punctuation(word) == word && lower_case(word) == word;
  });
  if (!words.empty() && plain && join(words, " ") == phrase) return;
  toml.fail(key, fmt::format("expected lower-case words with single spaces between them and no "
                             "punctuation, found \"{}\"",
                             phrase));
}

}  // namespace

PhraseLexicon::PhraseLexicon(const std::string& name_or_file) {
  read(named_data_file("lexicon", "lexicons", name_or_file).string());
  for (size_t i = 0; i < phrases_.size(); ++i) {
    by_first_word_[phrases_[i].words[0]].push_back(i);
  }
  for (auto& [word, indices] : by_first_word_) {
    std::stable_sort(indices.begin(), indices.end(), [&](size_t a, size_t b) {
      return phrases_[a].words.size() > phrases_[b].words.size();
    });
  }
}

void PhraseLexicon::read(const std::string& file) {
  std::vector<std::string> keys{"name",   "version",           "source",
                                "groups", "tails_never_begin", "tails_never_are"};
  // the groups that the file names decide which relations are allowed
  std::vector<std::string> loose = keys;
  loose.push_back("phrases.*");
  const RelationGroups groups = load_relation_groups(StrictToml(file, loose).text("groups", "mto"));
  for (const auto& [relation, group] : groups.groups) keys.push_back("phrases." + relation);

  const StrictToml toml(file, keys);
  name_ = toml.text("name");
  version_ = toml.version();
  std::unordered_map<std::string, std::string> seen;
  for (const auto& [relation, group] : groups.groups) {
    const std::string key = "phrases." + relation;
    for (const std::string& phrase : toml.texts(key)) {
      require_phrase(toml, key, phrase);
      const auto [other, is_new] = seen.try_emplace(phrase, relation);
      if (!is_new)
        toml.fail(key, fmt::format("\"{}\" is there twice, here and in {}", phrase, other->second));
      phrases_.push_back({words_of(phrase), relation, group});
    }
  }
  if (phrases_.empty()) toml.fail("phrases", "a lexicon needs at least one phrase");
  for (const std::string& begin : toml.texts("tails_never_begin")) {
    require_phrase(toml, "tails_never_begin", begin);
    tails_never_begin_.push_back(words_of(begin));
  }
  tails_never_are_ = toml.texts("tails_never_are");
}

std::string PhraseLexicon::fingerprint() const {
  nlohmann::json all = {tails_never_begin_, tails_never_are_};
  for (const LexiconPhrase& phrase : phrases_) {
    all.push_back({phrase.words, phrase.relation, phrase.group});
  }
  return content_hash(all.dump());
}

std::vector<PhraseMatch> PhraseLexicon::find(std::span<const std::string> words) const {
  std::vector<PhraseMatch> matches;
  for (size_t begin = 0; begin < words.size(); ++begin) {
    const auto candidates = by_first_word_.find(words[begin]);
    if (candidates == by_first_word_.end()) continue;
    for (const size_t index : candidates->second) {
      if (!stands_at(words, begin, phrases_[index].words)) continue;
      matches.push_back({&phrases_[index], begin, begin + phrases_[index].words.size()});
      break;
    }
  }
  return matches;
}

bool PhraseLexicon::allows_tail(std::span<const std::string> words) const {
  if (words.empty()) return false;
  if (words.size() == 1 && std::find(tails_never_are_.begin(), tails_never_are_.end(), words[0]) !=
                               tails_never_are_.end()) {
    return false;
  }
  return std::none_of(tails_never_begin_.begin(), tails_never_begin_.end(),
                      [&](const auto& begin) { return stands_at(words, 0, begin); });
}

std::vector<std::string> words_of(std::string_view text) {
  const std::string collapsed = collapse_whitespace(text);
  return collapsed.empty() ? std::vector<std::string>{} : split(collapsed, ' ');
}

std::string_view without_punctuation(std::string_view word) {
  // quotes and dashes of U+2010..U+201F and the ellipsis begin with E2 80 in UTF-8
  constexpr std::string_view kMarks = " .,;:!?-\"'()[]{}*_";
  for (bool found = true; found && !word.empty();) {
    found = true;
    if (kMarks.find(word.front()) != std::string_view::npos) {
      word.remove_prefix(1);
    } else if (kMarks.find(word.back()) != std::string_view::npos) {
      word.remove_suffix(1);
    } else if (word.starts_with("\xe2\x80") && word.size() >= 3) {
      word.remove_prefix(3);
    } else if (word.size() >= 3 && word.substr(word.size() - 3).starts_with("\xe2\x80")) {
      word.remove_suffix(3);
    } else {
      found = false;
    }
  }
  return word;
}

}  // namespace dovetail
