// SPDX-License-Identifier: Apache-2.0
// The measure that MTO reports as "Rouge". It differs from rouge_l: full stops end sentences, words
// keep case and punctuation, and each different word counts once. Prediction "to to go" against "to
// go": both sides have the words {to, go}, so F = 1 (less 1e-8/2).
#include <algorithm>
#include <set>

#include "base/names.h"
#include "metrics/metric.h"
#include "metrics/tokens.h"

namespace dovetail {

namespace {

using WordSet = std::set<std::string>;

// Splits at full stops. A sentence of whitespace alone is one empty word.
std::vector<Tokens> sentences(std::string_view text) {
  std::vector<Tokens> result;
  for (const std::string& sentence : split(text, '.')) {
    if (sentence.empty()) continue;
    Tokens words = split_white_space(sentence);
    if (words.empty()) words.emplace_back();
    result.push_back(std::move(words));
  }
  return result;
}

WordSet distinct_words(const std::vector<Tokens>& sentences) {
  WordSet words;
  for (const Tokens& sentence : sentences) words.insert(sentence.begin(), sentence.end());
  return words;
}

// Adds the words of one longest common subsequence. Where there are several, the choice decides the
// union: going back from the ends, a step in `b` comes before an equally good step in `a`.
void add_common(const Tokens& a, const Tokens& b, WordSet& words) {
  std::vector<std::vector<int>> table(a.size() + 1, std::vector<int>(b.size() + 1, 0));
  for (size_t i = 1; i <= a.size(); ++i) {
    for (size_t j = 1; j <= b.size(); ++j) {
      table[i][j] = a[i - 1] == b[j - 1] ? table[i - 1][j - 1] + 1
                                         : std::max(table[i - 1][j], table[i][j - 1]);
    }
  }
  size_t i = a.size(), j = b.size();
  while (i > 0 && j > 0) {
    if (a[i - 1] == b[j - 1]) {
      words.insert(a[i - 1]);
      --i, --j;
    } else if (table[i - 1][j] > table[i][j - 1]) {
      --i;
    } else {
      --j;
    }
  }
}

double f_of_union(const std::vector<Tokens>& prediction, const std::vector<Tokens>& reference) {
  if (prediction.empty() || reference.empty()) return 0;  // the package refuses these
  WordSet common;
  for (const Tokens& a : reference) {
    for (const Tokens& b : prediction) add_common(a, b, common);
  }
  const auto count = static_cast<double>(common.size());
  const double recall = count / static_cast<double>(distinct_words(reference).size());
  const double precision = count / static_cast<double>(distinct_words(prediction).size());
  return 2 * (precision * recall / (precision + recall + 1e-8));
}

}  // namespace

Metric rouge_l_rouge_package() {
  return {
      .name = "rouge_l_rouge_package",
      .definition =
          "F of the union of the sentences' longest common subsequences, each different word once "
          "(case and punctuation count, full stops end sentences), the best over the references, 0 "
          "for a text without a sentence: ROUGE-L of the rouge package 1.0, as in MTO",
      .score = each_text([](std::string_view prediction, std::span<const std::string> references) {
        DOVETAIL_CHECK(!references.empty());
        double best = 0;
        for (const std::string& reference : references) {
          best = std::max(best, f_of_union(sentences(prediction), sentences(reference)));
        }
        return best;
      }),
      .words = Words::between_blanks};
}

}  // namespace dovetail
