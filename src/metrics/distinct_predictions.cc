// SPDX-License-Identifier: Apache-2.0
// How varied the predictions are, whatever the references. Of "to go", "to eat" and "to go" two are
// different: 2/3.
#include <map>

#include "metrics/evidence.h"
#include "metrics/metric.h"

namespace dovetail {

namespace {

std::vector<double> shares_of_same(std::span<const ScoredItem> items) {
  check_evidence("distinct_predictions", Evidence::text, items);
  std::map<std::string_view, int> times;
  for (const ScoredItem& item : items) ++times[item.prediction];
  std::vector<double> scores;
  for (const ScoredItem& item : items) scores.push_back(1.0 / times[item.prediction]);
  return scores;
}

}  // namespace

Metric distinct_predictions() {
  return {
      .name = "distinct_predictions",
      .definition =
          "different predictions over predictions (every byte counts), which is the mean over the "
          "items of 1 over the number of items with the same prediction",
      .score = shares_of_same};
}

}  // namespace dovetail
