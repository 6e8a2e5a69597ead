// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "analysis/statistics/pooling.h"
#include "plan/json.h"

namespace dovetail {

// {mean, low, high, items, seeds}
Json estimate_json(const Estimate& estimate);
// {mean, low, high, tasks, tasks_drawn, p_value}
Json pooled_json(const PooledEffect& effect);
// null for none
Json number_or_null(const std::optional<double>& value);

}  // namespace dovetail
