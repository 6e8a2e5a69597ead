// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "metrics/tokens.h"

namespace dovetail {

// How often each run of `shortest` to `longest` tokens occurs. Tokens hold no space: one stands
// between the words of an n-gram's text.
class NgramCounts {
 public:
  struct Entry {
    std::string text;
    int order = 1;  // words
    int count = 0;
  };

  NgramCounts(const Tokens& tokens, int shortest, int longest);

  // Shorter ones first, then by first appearance: sums over it have one order of rounding.
  const std::vector<Entry>& entries() const { return entries_; }
  int count(const std::string& text) const;  // 0 for one that does not occur

  // As often as either has it, for several references.
  void merge_maximum(const NgramCounts& other);

 private:
  void add(const std::string& text, int order);

  std::vector<Entry> entries_;
  std::unordered_map<std::string, size_t> positions_;
};

// N-grams that both have, each as often as both do.
int matches(const NgramCounts& a, const NgramCounts& b);

// How many n-grams of one length a text of so many tokens has, repetitions counted.
size_t num_ngrams(size_t tokens, size_t order);

}  // namespace dovetail
