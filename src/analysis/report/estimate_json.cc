// SPDX-License-Identifier: Apache-2.0
#include "analysis/report/estimate_json.h"

namespace dovetail {

Json estimate_json(const Estimate& estimate) {
  return {{"mean", estimate.mean},       {"low", estimate.low},
          {"high", estimate.high},       {"items", estimate.items},
          {"seeds", estimate.seeds},     {"standard_error", estimate.standard_error},
          {"degrees", estimate.degrees}, {"runs_known", estimate.runs_known}};
}

Json pooled_json(const PooledEffect& effect) {
  return {{"mean", effect.estimate.mean},      {"low", effect.estimate.low},
          {"high", effect.estimate.high},      {"tasks", effect.tasks},
          {"tasks_drawn", effect.tasks_drawn}, {"p_value", effect.p_value}};
}

Json number_or_null(const std::optional<double>& value) { return value ? Json(*value) : Json(); }

}  // namespace dovetail
