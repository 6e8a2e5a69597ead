// SPDX-License-Identifier: Apache-2.0
// Four items of the classes a, a, b, b, predicted a, b, b and something else: a has F1 2/3 (one of
// two found, none wrongly), b 1/2 (one of two found, one wrongly). Their mean is 7/12.
#include "metrics/confusion.h"
#include "metrics/metric.h"

namespace dovetail {

namespace {

double of_all(std::span<const ScoredItem> items, std::span<const double>) {
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
          "aggregate: mean over the labels of their F1, as scikit-learn's f1_score over the labels "
          "that are right or predicted somewhere; a prediction that is no label (compared as "
          "exact_match compares) misses the right one and has no F1 of its own. An item: 1 if "
          "right",
      .score = [](std::span<const ScoredItem> items) { return right_or_wrong("macro_f1", items); },
      .aggregate = of_all,
      .evidence = Evidence::choices};
}

}  // namespace dovetail
