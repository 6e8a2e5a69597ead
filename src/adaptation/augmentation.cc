// SPDX-License-Identifier: Apache-2.0
#include "adaptation/augmentation.h"

#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "base/names.h"
#include "base/text.h"
#include "wordnet/wordnet.h"

namespace dovetail {

namespace {

constexpr double kMeanSpan = 3;  // words (Raffel et al. 2020, sec. 3.3.4)

using Words = std::vector<std::string>;

size_t changes_of(const Words& words, double share) {
  return static_cast<size_t>(std::max(1.0, std::round(share * static_cast<double>(words.size()))));
}

// One word is always left.
void drop_span(Words& words, size_t length, Rng& rng) {
  length = std::min(length, words.size() - 1);
  if (length == 0) return;
  const size_t begin = rng.below(words.size() - length + 1);
  words.erase(words.begin() + static_cast<std::ptrdiff_t>(begin),
              words.begin() + static_cast<std::ptrdiff_t>(begin + length));
}

void change_words(Words& words, size_t changes, Rng& rng) {
  for (size_t i = 0; i < changes && words.size() > 1; ++i) {
    if (rng.below(2) == 0) {
      drop_span(words, 1, rng);
    } else {
      const size_t at = rng.below(words.size() - 1);
      std::swap(words[at], words[at + 1]);
    }
  }
}

void drop_spans(Words& words, size_t changes, Rng& rng) {
  while (changes > 0 && words.size() > 1) {
    const auto drawn = 1 + rng.below(static_cast<uint64_t>(2 * kMeanSpan - 1));
    const size_t length = std::min<size_t>(drawn, changes);
    drop_span(words, length, rng);
    changes -= length;
  }
}

using Synonyms = std::unordered_map<std::string, Words>;

const Synonyms& synonyms() {
  static const Synonyms all = [] {
    Synonyms found;
    for (const Synset& synset : shared_wordnet().synsets()) {
      for (const std::string& word : synset.words) {
        for (const std::string& other : synset.words)
          if (other != word) found[lower_case(word)].push_back(other);
      }
    }
    return found;
  }();
  return all;
}

void replace_by_synonyms(Words& words, size_t changes, Rng& rng) {
  for (const int64_t at : rng.permutation(std::ssize(words))) {
    const auto known = synonyms().find(lower_case(words[at]));
    if (known == synonyms().end()) continue;
    words[at] = known->second[rng.below(known->second.size())];
    if (--changes == 0) return;
  }
}

}  // namespace

std::string augmented_text(const std::string& text, const std::string& way, double share,
                           Rng& rng) {
  Words words = split(collapse_whitespace(text), ' ');
  if (way == "none" || words.size() < 2) return text;
  const size_t changes = changes_of(words, share);
  if (way == "words") change_words(words, changes, rng);
  if (way == "spans") drop_spans(words, changes, rng);
  if (way == "synonyms") replace_by_synonyms(words, changes, rng);
  return join(words, " ");
}

Example augmented(Example example, const std::string& way, double share, Rng& rng) {
  example.source = augmented_text(example.source, way, share, rng);
  for (auto& [name, text] : example.fields) text = augmented_text(text, way, share, rng);
  return example;
}

}  // namespace dovetail
