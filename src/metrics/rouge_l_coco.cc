// SPDX-License-Identifier: Apache-2.0
// Differs from rouge_l: it weighs recall more (beta 1.2), takes the best precision and the best
// recall over the references, even from two different ones, and splits at single spaces, with case
// and punctuation. Prediction "a b" against "a b c d" and "b": precision 2/2 from the first, recall
// 1/1 from the second, so 1.
#include <algorithm>

#include "metrics/longest_common_subsequence.h"
#include "metrics/metric.h"

namespace dovetail {

namespace {

double best_precision_and_recall(std::string_view prediction,
                                 std::span<const std::string> references) {
  DOVETAIL_CHECK(!references.empty());
  const Tokens predicted = split_at_spaces(prediction);
  double precision = 0, recall = 0;
  for (const std::string& reference : references) {
    const Tokens tokens = split_at_spaces(reference);
    const auto common = static_cast<double>(longest_common_subsequence(tokens, predicted));
    precision = std::max(precision, common / static_cast<double>(predicted.size()));
    recall = std::max(recall, common / static_cast<double>(tokens.size()));
  }
  if (precision == 0 || recall == 0) return 0;
  constexpr double kBeta2 = 1.2 * 1.2;
  return (1 + kBeta2) * precision * recall / (recall + kBeta2 * precision);
}

}  // namespace

Metric rouge_l_coco() {
  return {
      .name = "rouge_l_coco",
      .definition =
          "F of the longest common subsequence with beta 1.2, of the best precision and the best "
          "recall over the references (case and punctuation count): Lin 2004, as the COCO caption "
          "scorer and COMET (Hwang et al. 2021) compute ROUGE_L",
      .score = each_text(best_precision_and_recall),
      .words = Words::between_blanks};
}

}  // namespace dovetail
