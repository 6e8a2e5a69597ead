// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "sweep/sweep.h"

namespace dovetail {

// Refuses at planning time a warm-up that leaves no step after it; `steps` may be an estimate.
// Throws ConfigError at the place of `value`; `what` names the training.
void check_warmup(const Sweep& sweep, const AxisValue& value, const OptimizerSettings& optimizer,
                  double steps, const std::string& what);

}  // namespace dovetail
