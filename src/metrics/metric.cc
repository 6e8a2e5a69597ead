// SPDX-License-Identifier: Apache-2.0
#include "metrics/metric.h"

#include <numeric>

#include "base/error.h"
#include "base/names.h"

namespace dovetail {

#define METRIC(name) Metric name();
#include "metrics/metrics.inc"
#undef METRIC

double Metric::of_all(std::span<const ScoredItem> items, std::span<const double> scores) const {
  DOVETAIL_CHECK(!scores.empty() && items.size() == scores.size());
  if (aggregate) return aggregate(items, scores);
  return std::accumulate(scores.begin(), scores.end(), 0.0) / static_cast<double>(scores.size());
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
#define METRIC(name) name(),
#include "metrics/metrics.inc"
#undef METRIC
  };
  return all;
}

const Metric& find_metric(const std::string& name) {
  std::vector<std::string> known;
  for (const Metric& metric : metrics()) {
    if (metric.name == name) return metric;
    known.push_back(metric.name);
  }
  throw_<ConfigError>("unknown metric \"{}\": {}", name, did_you_mean(name, known));
}

}  // namespace dovetail
