// SPDX-License-Identifier: Apache-2.0
// The correlation of predicted and right classes. For two classes with 2 true positives, 1 false
// negative, 1 true negative and no false positive: (2*1 - 0*1) / sqrt(2*3*1*2) = 1/sqrt(3).
#include <cmath>

#include "metrics/confusion.h"
#include "metrics/metric.h"

namespace dovetail {

namespace {

double correlation_of_classes(std::span<const ScoredItem> items, std::span<const double>) {
  const Confusion counts = confusion(items);
  int64_t both = 0, given = 0, predicted = 0;
  for (const auto& [label, one] : counts.classes) {
    both += one.given * one.predicted;
    given += one.given * one.given;
    predicted += one.predicted * one.predicted;
  }
  const int64_t square = counts.total * counts.total;
  const auto covariance = static_cast<double>(counts.correct * counts.total - both);
  const auto variances =
      static_cast<double>(square - given) * static_cast<double>(square - predicted);
  return variances == 0 ? 0 : covariance / std::sqrt(variances);
}

}  // namespace

Metric matthews() {
  return {
      .name = "matthews",
      .definition =
          "corpus-level: Matthews correlation of any number of classes (Gorodkin 2004), -1 to 1, "
          "as "
          "scikit-learn's matthews_corrcoef; 0 where all predictions, or all right answers, are "
          "one class. Out-of-label predictions form one extra class. An item: 1 if right",
      .score = [](std::span<const ScoredItem> items) { return right_or_wrong("matthews", items); },
      .corpus_score = correlation_of_classes,
      .evidence = Evidence::choices,
      .minimum = -1};
}

}  // namespace dovetail
