// SPDX-License-Identifier: Apache-2.0
#include "metrics/metric.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

#include "base/catalogue.h"
#include "metrics/coverage.h"

namespace dovetail {

#define METRIC(name) Metric name();
#define METRIC_OF_ORDER(name, family, order) Metric family(int);
#include "metrics/metrics.inc"
#undef METRIC
#undef METRIC_OF_ORDER

namespace {

// Sums in the order of numpy's pairwise summation: eight sums side by side, halves above 128
// numbers. Means then agree with published scorers to the last bit, and rounding grows with log n.
double pairwise_sum(std::span<const double> values) {
  constexpr size_t kLanes = 8, kBlock = 128;
  const size_t n = values.size();
  if (n > kBlock) {
    const size_t half = n / 2 - n / 2 % kLanes;
    return pairwise_sum(values.first(half)) + pairwise_sum(values.subspan(half));
  }
  double sum = 0;
  size_t i = 0;
  if (n >= kLanes) {
    double r[kLanes] = {};
    for (; i + kLanes <= n; i += kLanes) {
      for (size_t lane = 0; lane < kLanes; ++lane) r[lane] += values[i + lane];
    }
    sum = ((r[0] + r[1]) + (r[2] + r[3])) + ((r[4] + r[5]) + (r[6] + r[7]));
  }
  for (; i < n; ++i) sum += values[i];
  return sum;
}

// The catalogue's entry: its scores are missing where it cannot read the references.
Metric with_missing_scores(Metric metric) {
  if (metric.words != Words::all)
    metric.score = missing_where_unread(metric.words, std::move(metric.score));
  return metric;
}

}  // namespace

ItemError::ItemError(size_t index, const std::string& why)
    : DataError(fmt::format("item {}: {}", index + 1, why)), item(index), reason(why) {}

double Metric::of_all(std::span<const ScoredItem> items, std::span<const double> scores) const {
  DOVETAIL_CHECK(!scores.empty() && items.size() == scores.size());
  std::vector<ScoredItem> read;
  std::vector<double> known;
  if (std::ranges::any_of(scores, [](double score) { return std::isnan(score); })) {
    for (size_t i = 0; i < scores.size(); ++i) {
      if (std::isnan(scores[i])) continue;
      known.push_back(scores[i]);
      if (corpus_level()) read.push_back(items[i]);
    }
    if (known.empty()) return std::numeric_limits<double>::quiet_NaN();
    items = read;
    scores = known;
  }
  if (corpus_level()) return corpus_score(items, scores);
  return pairwise_sum(scores) / static_cast<double>(scores.size());
}

double Metric::of(std::string prediction, std::vector<std::string> references) const {
  const ScoredItem item{.prediction = std::move(prediction), .references = std::move(references)};
  return score({&item, 1}).at(0);
}

std::function<std::vector<double>(std::span<const ScoredItem>)> each_text(
    std::function<double(std::string_view, std::span<const std::string>)> one) {
  return [one = std::move(one)](std::span<const ScoredItem> items) {
    std::vector<double> scores;
    scores.reserve(items.size());
    for (const ScoredItem& item : items) scores.push_back(one(item.prediction, item.references));
    return scores;
  };
}

const std::vector<Metric>& metrics() {
  static const std::vector<Metric> all = {
#define METRIC(name) with_missing_scores(name()),
#define METRIC_OF_ORDER(name, family, order) with_missing_scores(family(order)),
#include "metrics/metrics.inc"
#undef METRIC
#undef METRIC_OF_ORDER
  };
  return all;
}

const Metric& find_metric(const std::string& name) {
  return find_in_catalogue("metric", metrics(), name);
}

}  // namespace dovetail
