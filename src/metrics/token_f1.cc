// SPDX-License-Identifier: Apache-2.0
// F1 of the words in common, in any order; a word counts as often as both sides have it. Prediction
// a, a, b against reference b, a: two in common, precision 2/3, recall 2/2, F1 4/5.
#include "metrics/metric.h"
#include "metrics/tokens.h"

namespace dovetail {

Metric token_f1() {
  return {
      .name = "token_f1",
      .definition =
          "F1 of the words in common (lower case, letters and digits; articles "
          "count), the best over the references: Rajpurkar et al. 2016 with the "
          "words of rouge1 in the rouge-score package",
      .score = each_text([](std::string_view prediction, std::span<const std::string> references) {
        return best_over_references(prediction, references, f1_of_tokens);
      }),
      .words = Words::ascii};
}

}  // namespace dovetail
