// SPDX-License-Identifier: Apache-2.0
#include "metrics/metric.h"

#include "base/error.h"
#include "base/names.h"

namespace dovetail {

#define METRIC(name) Metric name();
#include "metrics/metrics.inc"
#undef METRIC

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
