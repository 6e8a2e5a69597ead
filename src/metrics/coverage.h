// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>

#include "metrics/metric.h"

namespace dovetail {

// The characters of an example's references that decide which metrics can read them.
struct ReferenceLetters {
  int64_t content = 0;     // letters, marks and numbers (general categories L, M, N)
  int64_t ascii = 0;       // of these, those that rouge-score keeps
  int64_t unspaced = 0;    // of these, those of scripts written without blanks between words
  int64_t ideographs = 0;  // of these, the Chinese ideographs
  bool any = false;        // anything but blanks
  bool any_word = false;   // anything but blanks and punctuation
  std::map<std::string, int64_t> scripts = {};  // of the content beyond ASCII

  void operator+=(const ReferenceLetters& other);
  // The content that is lost to a metric with such words, or that it cannot part into words.
  int64_t lost(Words words) const;
};
ReferenceLetters letters_of(std::span<const std::string> references);

// Whether a metric with such words has evidence on an example: not more than half of the content of
// its references, taken together, is lost, and not all that they hold. It depends on the references
// alone, so in a comparison every model lacks the same examples.
bool can_read(Words words, const ReferenceLetters& references);

// The references of a whole test set.
struct SetLetters {
  ReferenceLetters letters;
  int64_t examples = 0;
  std::map<Words, int64_t> unread;  // examples without evidence

  void add(std::span<const std::string> references);
  // Whether such a metric may decide about the set: it loses at most a twentieth of the content,
  // and has evidence on half of the examples. Words in German or French pass, words in Vietnamese,
  // Czech or Turkish do not, for a scorer that reads ASCII: it takes words for equal that differ in
  // an accent.
  bool may_decide(Words words) const;
  int64_t unread_by(Words words) const;
  double lost_share(Words words) const;  // of the content; 0 where there is none
  // The script of most of the content beyond ASCII; "" for none.
  std::string main_script() const;
};

// Makes the score of an item without evidence NaN.
std::function<std::vector<double>(std::span<const ScoredItem>)> missing_where_unread(
    Words words, std::function<std::vector<double>(std::span<const ScoredItem>)> score);

}  // namespace dovetail
