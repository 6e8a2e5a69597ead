// SPDX-License-Identifier: Apache-2.0
#include "analysis/statistics/metric_direction.h"

namespace dovetail {

bool higher_is_better(const Plan& plan, const std::string& metric) {
  return traits_of(plan.metric_traits, metric).higher_is_better;
}

}  // namespace dovetail
