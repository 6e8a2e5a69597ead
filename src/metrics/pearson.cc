// SPDX-License-Identifier: Apache-2.0
// An item scores the product of its prediction's and its reference's distances from the mean, in
// standard deviations; the mean of these products is the correlation. Predictions 1, 2, 3
// against 1, 2, 6: means 2 and 3, products of distances 2, 0, 3 over 3 * sqrt(2/3) * sqrt(14/3).
#include <algorithm>
#include <charconv>
#include <cmath>
#include <numeric>
#include <optional>

#include "base/names.h"
#include "metrics/evidence.h"
#include "metrics/metric.h"

namespace dovetail {

namespace {

std::optional<double> number_in(std::string_view text) {
  text = trim(text);
  if (text.starts_with('+')) text.remove_prefix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) return {};
  return value;
}

double mean(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

// Distances from the mean in standard deviations; all 0 where all values are the same.
std::vector<double> standardised(std::vector<double> values) {
  const double centre = mean(values);
  const bool same =
      std::adjacent_find(values.begin(), values.end(), std::not_equal_to<>()) == values.end();
  double squares = 0;
  for (double& value : values) {
    value = same ? 0 : value - centre;
    squares += value * value;
  }
  if (squares == 0) return values;
  const double deviation = std::sqrt(squares / static_cast<double>(values.size()));
  for (double& value : values) value /= deviation;
  return values;
}

std::vector<double> references_of(std::span<const ScoredItem> items) {
  std::vector<double> values;
  for (const ScoredItem& item : items) {
    const std::optional<double> value = number_in(item.references.front());
    if (!value) {
      throw ItemError(values.size(),
                      fmt::format("the metric \"pearson\" needs a number as the first "
                                  "reference, found \"{:.40}\"",
                                  item.references.front()));
    }
    values.push_back(*value);
  }
  return values;
}

// A prediction that is no number stands at the mean of the others, where it neither helps nor
// harms.
std::vector<double> predictions_of(std::span<const ScoredItem> items) {
  std::vector<double> found;
  for (const ScoredItem& item : items) {
    if (const std::optional<double> value = number_in(item.prediction)) found.push_back(*value);
  }
  const double centre = found.empty() ? 0 : mean(found);
  std::vector<double> values;
  for (const ScoredItem& item : items)
    values.push_back(number_in(item.prediction).value_or(centre));
  return values;
}

std::vector<double> products_of_distances(std::span<const ScoredItem> items) {
  check_evidence("pearson", Evidence::text, items);
  std::vector<double> scores = standardised(predictions_of(items));
  const std::vector<double> references = standardised(references_of(items));
  for (size_t i = 0; i < scores.size(); ++i) scores[i] *= references[i];
  return scores;
}

}  // namespace

Metric pearson() {
  return {.name = "pearson",
          .definition =
              "corpus-level: Pearson correlation of the predictions with the (first) references, "
              "read as numbers, -1 to 1; 0 where either side is constant. A prediction that is no "
              "number counts as the mean of the others. An item: its term of the mean, without "
              "bounds",
          .score = products_of_distances,
          .corpus_score =
              [](std::span<const ScoredItem>, std::span<const double> scores) {
                const double r = std::accumulate(scores.begin(), scores.end(), 0.0) /
                                 static_cast<double>(scores.size());
                return std::clamp(r, -1.0, 1.0);  // rounding may exceed 1
              },
          .minimum = -kUnbounded,
          .maximum = kUnbounded};
}

}  // namespace dovetail
