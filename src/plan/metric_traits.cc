// SPDX-License-Identifier: Apache-2.0
#include "plan/metric_traits.h"

#include "plan/json_fields.h"

namespace dovetail {

MetricTraits traits_of(const MetricTraitsMap& all, const std::string& metric) {
  const auto found = all.find(metric);
  return found == all.end() ? MetricTraits() : found->second;
}

DOVETAIL_JSON_FIELDS(MetricTraits, higher_is_better, corpus_level)

}  // namespace dovetail
