// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "plan/settings.h"

namespace dovetail {

// The learning rate of step `step` (from 0) of `total`: a linear warm-up over the first `warmup`
// steps, then constant, linear to 0, or half a cosine to 0. The warm-up takes at most a tenth of
// the steps. Throws ConfigError for an unknown schedule.
double scheduled_rate(const OptimizerSettings& settings, int64_t step, int64_t total);

}  // namespace dovetail
