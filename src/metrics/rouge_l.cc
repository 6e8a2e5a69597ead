// SPDX-License-Identifier: Apache-2.0
// The longest common subsequence of words, prediction a, b, c, d against reference a, x, c: the
// subsequence is a, c; precision 2/4, recall 2/3, F1 4/7.
#include <algorithm>

#include "metrics/metric.h"
#include "metrics/tokens.h"

namespace dovetail {

namespace {

size_t longest_common_subsequence(const Tokens& a, const Tokens& b) {
  std::vector<size_t> row(b.size() + 1, 0);
  for (const std::string& token : a) {
    size_t diagonal = 0;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t above = row[j];
      row[j] = token == b[j - 1] ? diagonal + 1 : std::max(above, row[j - 1]);
      diagonal = above;
    }
  }
  return row.back();
}

double score_one(const Tokens& prediction, const Tokens& reference) {
  return f1(longest_common_subsequence(prediction, reference), prediction.size(), reference.size());
}

}  // namespace

Metric rouge_l() {
  return {.name = "rouge_l",
          .definition =
              "F1 of the longest common subsequence of words (lower case, letters and "
              "digits, no stemming), the best over the references: Lin 2004, as rougeL "
              "of the rouge-score package",
          .score = each_text([](std::string_view prediction, std::span<const std::string> references) {
            return best_over_references(prediction, references, score_one);
          })};
}

}  // namespace dovetail
