// SPDX-License-Identifier: Apache-2.0
#include "metrics/ngrams.h"

#include <algorithm>

namespace dovetail {

NgramCounts::NgramCounts(const Tokens& tokens, int shortest, int longest) {
  for (int order = shortest; order <= longest; ++order) {
    for (size_t begin = 0; begin < num_ngrams(tokens.size(), order); ++begin) {
      std::string text = tokens[begin];
      for (int i = 1; i < order; ++i) text.append(1, ' ').append(tokens[begin + i]);
      add(text, order);
    }
  }
}

void NgramCounts::add(const std::string& text, int order) {
  const auto [place, added] = positions_.try_emplace(text, entries_.size());
  if (added) entries_.push_back({text, order, 0});
  ++entries_[place->second].count;
}

int NgramCounts::count(const std::string& text) const {
  const auto found = positions_.find(text);
  return found == positions_.end() ? 0 : entries_[found->second].count;
}

void NgramCounts::merge_maximum(const NgramCounts& other) {
  for (const Entry& entry : other.entries_) {
    const auto [place, added] = positions_.try_emplace(entry.text, entries_.size());
    if (added) entries_.push_back({entry.text, entry.order, 0});
    int& count = entries_[place->second].count;
    count = std::max(count, entry.count);
  }
}

int matches(const NgramCounts& a, const NgramCounts& b) {
  int sum = 0;
  for (const NgramCounts::Entry& entry : a.entries()) {
    sum += std::min(entry.count, b.count(entry.text));
  }
  return sum;
}

size_t num_ngrams(size_t tokens, size_t order) { return tokens < order ? 0 : tokens - order + 1; }

double ngram_f1(const Tokens& prediction, const Tokens& reference, int order) {
  const int common =
      matches(NgramCounts(prediction, order, order), NgramCounts(reference, order, order));
  return f1(static_cast<size_t>(common), num_ngrams(prediction.size(), order),
            num_ngrams(reference.size(), order));
}

}  // namespace dovetail
