// SPDX-License-Identifier: Apache-2.0
// Four items of the classes a, a, b, b, predicted as a, b, b and something else: a has F1 2/3 (one
// of two found, no false one), b 1/2 (one of two found, one false one). Their mean is 7/12.
#include "metrics/confusion.h"
#include "metrics/metric.h"

namespace dovetail {

namespace {

double mean_of_labels(std::span<const ScoredItem> items, std::span<const double>) {
  double sum = 0;
  int labels = 0;
  for (const auto& [label, counts] : confusion(items).classes) {
    if (label == kNoLabel) continue;
    sum += 2 * static_cast<double>(counts.correct) /
           static_cast<double>(counts.given + counts.predicted);
    ++labels;
  }
  return sum / labels;
}

}  // namespace

Metric macro_f1() {
  return {
      .name = "macro_f1",
      .definition =
          "corpus-level: the mean F1 of the labels, as scikit-learn's f1_score over the labels "
          "that "
          "are right or predicted somewhere; a prediction outside the labels (compared as in "
          "exact_match) counts as a miss and has no F1 of its own. An item: 1 if right",
      .score = [](std::span<const ScoredItem> items) { return right_or_wrong("macro_f1", items); },
      .corpus_score = mean_of_labels,
      .evidence = Evidence::choices};
}

}  // namespace dovetail
