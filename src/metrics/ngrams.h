// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "metrics/tokens.h"

namespace dovetail {

// Counts each run of `shortest` to `longest` tokens. Tokens contain no space: an n-gram's text has
// one between its words.
class NgramCounts {
 public:
  struct Entry {
    std::string text;
    int order = 1;  // words
    int count = 0;
  };

  NgramCounts(const Tokens& tokens, int shortest, int longest);

  // Shorter n-grams first, then by first appearance, so that sums over them always round alike.
  const std::vector<Entry>& entries() const { return entries_; }
  int count(const std::string& text) const;  // 0 for one that does not occur

  // Takes the greater count of each n-gram, as for several references.
  void merge_maximum(const NgramCounts& other);

 private:
  void add(const std::string& text, int order);

  std::vector<Entry> entries_;
  std::unordered_map<std::string, size_t> positions_;
};

// The number of n-grams in common, each as often as both have it.
int matches(const NgramCounts& a, const NgramCounts& b);

// How many n-grams a text of `tokens` tokens has, repetitions included.
size_t num_ngrams(size_t tokens, size_t order);

// F1 of the n-grams of one order in common: ROUGE-N of Lin 2004.
double ngram_f1(const Tokens& prediction, const Tokens& reference, int order);

}  // namespace dovetail
