// SPDX-License-Identifier: Apache-2.0
// F1 of the words in common, in any order; a word counts as often as both sides have it. Prediction
// a, a, b against reference b, a: two in common, precision 2/3, recall 2/2, F1 4/5.
#include <map>

#include "metrics/metric.h"
#include "metrics/tokens.h"

namespace dovetail {

namespace {

double f1_of_words(const Tokens& prediction, const Tokens& reference) {
  std::map<std::string_view, int> left;
  for (const std::string& token : reference) ++left[token];
  size_t matches = 0;
  for (const std::string& token : prediction) {
    const auto found = left.find(token);
    if (found != left.end() && found->second-- > 0) ++matches;
  }
  return f1(matches, prediction.size(), reference.size());
}

}  // namespace

Metric token_f1() {
  return {
      .name = "token_f1",
      .definition =
          "F1 of the words in common (lower case, letters and digits; articles "
          "count), the best over the references: Rajpurkar et al. 2016 with the "
          "words of rouge1 in the rouge-score package",
      .score = each_text([](std::string_view prediction, std::span<const std::string> references) {
        return best_over_references(prediction, references, f1_of_words);
      })};
}

}  // namespace dovetail
