// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "plan/settings.h"

namespace dovetail {

// The learning rate of step `step` (from 0) of `total`: a linear warm-up over the first `warmup`
// steps, then constant, linear to 0, or half a cosine to 0. Throws ConfigError for an unknown
// schedule, and for a warm-up that leaves no step after it.
double scheduled_rate(const OptimizerSettings& settings, int64_t step, int64_t total);

// What a training of `total` steps did, for its record: optimizer, steps, learning_rate, schedule,
// warmup_steps and the rest of the settings. An optimizer that computes its own rate has the
// schedule "relative_step" and no rate.
Json effective_schedule(const OptimizerSettings& settings, int64_t total);

}  // namespace dovetail
