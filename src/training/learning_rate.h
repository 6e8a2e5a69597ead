// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "plan/settings.h"

namespace dovetail {

// The learning rate of step `step` (from 0) of `total`: a linear warm-up over the first `warmup`
// steps, then constant, linear to 0, or half a cosine to 0. A warm-up longer than a tenth of a
// short run is cut to that tenth.
double scheduled_rate(const OptimizerSettings& settings, int64_t step, int64_t total);

}  // namespace dovetail
