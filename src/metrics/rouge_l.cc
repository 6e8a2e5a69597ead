// SPDX-License-Identifier: Apache-2.0
// F1 of the longest common subsequence of words. Prediction a, b, c, d against reference a, x, c:
// the subsequence is a, c; precision 2/4, recall 2/3, F1 4/7.
#include "metrics/longest_common_subsequence.h"
#include "metrics/metric.h"
#include "metrics/tokens.h"

namespace dovetail {

Metric rouge_l() {
  return {
      .name = "rouge_l",
      .definition =
          "F1 of the longest common subsequence of words (lower case, letters and "
          "digits, no stemming), the best over the references: Lin 2004, as rougeL "
          "of the rouge-score package",
      .score = each_text([](std::string_view prediction, std::span<const std::string> references) {
        return best_over_references(prediction, references, rouge_l_f1);
      }),
      .words = Words::ascii,
      .decides = Decides::free_text};
}

}  // namespace dovetail
