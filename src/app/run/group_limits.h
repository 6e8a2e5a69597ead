// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include "plan/job_groups.h"

namespace dovetail {

// The limits of a rank's groups: so many jobs, in so many gibibytes of their own. 0 gibibytes: half
// of the memory that is free on the device now, or on the CPU half of a rank's part of it.
GroupLimits group_limits(int64_t jobs, double gibibytes, const at::Device& device);

}  // namespace dovetail
