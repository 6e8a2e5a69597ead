// SPDX-License-Identifier: Apache-2.0
// Counts the n-grams in common, each as often as both sides have it. Prediction "a a b" against "a
// b a b": two bigrams of the prediction, "a a" and "a b", three of the reference; "a b" is common,
// F1 = 2/5.
#include "metrics/metric.h"
#include "metrics/ngrams.h"

namespace dovetail {

Metric rouge_n(int order) {
  return {
      .name = fmt::format("rouge_{}", order),
      .definition = fmt::format(
          "F1 of the {} in common (lower case, letters and digits, no stemming), the best over the "
          "references: Lin 2004, as rouge{} of the rouge-score package",
          order == 1 ? "words" : "pairs of neighbouring words", order),
      .score =
          each_text([order](std::string_view prediction, std::span<const std::string> references) {
            return best_over_references(
                prediction, references,
                [order](const Tokens& a, const Tokens& b) { return ngram_f1(a, b, order); });
          }),
      .words = Words::ascii};
}

}  // namespace dovetail
