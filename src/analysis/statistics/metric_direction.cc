// SPDX-License-Identifier: Apache-2.0
#include "analysis/statistics/metric_direction.h"

#include <algorithm>

namespace dovetail {

bool higher_is_better(const Plan& plan, const std::string& metric) {
  const std::vector<std::string>& lower = plan.lower_is_better;
  return std::find(lower.begin(), lower.end(), metric) == lower.end();
}

}  // namespace dovetail
