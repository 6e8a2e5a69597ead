// SPDX-License-Identifier: Apache-2.0
#include "sweep/warmup_check.h"

#include <cmath>

#include "base/error.h"
#include "sweep/sweep_data.h"

namespace dovetail {

void check_warmup(const Sweep& sweep, const AxisValue& value, const OptimizerSettings& optimizer,
                  double steps, const std::string& what) {
  try {
    warmup_steps(optimizer, std::llround(steps));
    for (const OptimizerGroup& group : optimizer.groups)
      warmup_steps(settings_of_group(optimizer, group), std::llround(steps));
  } catch (const ConfigError& error) {
    fail_at_value(sweep, value, fmt::format("{}: {}", what, error.what()));
  }
}

}  // namespace dovetail
