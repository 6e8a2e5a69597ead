// SPDX-License-Identifier: Apache-2.0
#include "plan/metric_traits.h"

#include <algorithm>

#include "plan/json_fields.h"

namespace dovetail {

bool is_cost(const std::string& metric) {
  return std::ranges::find(kCosts, metric) != std::end(kCosts);
}

MetricTraits traits_of(const MetricTraitsMap& all, const std::string& metric) {
  if (is_cost(metric)) return {.higher_is_better = false, .corpus_level = true};
  const auto found = all.find(metric);
  return found == all.end() ? MetricTraits() : found->second;
}

DOVETAIL_JSON_FIELDS(MetricTraits, higher_is_better, corpus_level)

}  // namespace dovetail
