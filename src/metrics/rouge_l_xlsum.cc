// SPDX-License-Identifier: Apache-2.0
// rouge_l with words of every script. Prediction "синяя дверь" against "Синяя, дверь!": both
// words, F1 1, where the rouge-score package finds no word and says 0.
#include "metrics/longest_common_subsequence.h"
#include "metrics/metric.h"
#include "metrics/xlsum_tokens.h"

namespace dovetail {

Metric rouge_l_xlsum() {
  return {
      .name = "rouge_l_xlsum",
      .definition =
          "F1 of the longest common subsequence of words of any script (lower case, without "
          "punctuation, each Chinese ideograph a word, no stemming), the best over the references: "
          "rougeL of XL-Sum's multilingual ROUGE (Hasan et al. 2021; multilingual-rouge on PyPI) "
          "without a language",
      .score = each_text([](std::string_view prediction, std::span<const std::string> references) {
        return best_over_references(prediction, references, rouge_l_f1, xlsum_tokens);
      }),
      .words = Words::xlsum,
      .decides = Decides::free_text};
}

}  // namespace dovetail
