// SPDX-License-Identifier: Apache-2.0
// rouge_n with words of every script. Prediction "今天冷" against "今天很冷": three ideographs of
// three are among the reference's four, rouge_1 is 6/7; of two pairs and three, "今天" is common,
// rouge_2 is 2/5.
#include "metrics/metric.h"
#include "metrics/ngrams.h"
#include "metrics/xlsum_tokens.h"

namespace dovetail {

Metric rouge_n_xlsum(int order) {
  return {
      .name = fmt::format("rouge_{}_xlsum", order),
      .definition = fmt::format(
          "F1 of the {} in common, of any script (lower case, without punctuation, each Chinese "
          "ideograph a word, no stemming), the best over the references: rouge{} of XL-Sum's "
          "multilingual ROUGE (Hasan et al. 2021; multilingual-rouge on PyPI) without a language",
          order == 1 ? "words" : "pairs of neighbouring words", order),
      .score =
          each_text([order](std::string_view prediction, std::span<const std::string> references) {
            return best_over_references(
                prediction, references,
                [order](const Tokens& a, const Tokens& b) { return ngram_f1(a, b, order); },
                xlsum_tokens);
          }),
      .words = Words::xlsum};
}

}  // namespace dovetail
