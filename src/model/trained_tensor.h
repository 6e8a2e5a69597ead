// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include "model/biases.h"
#include "model/t5.h"

namespace dovetail {

// A tensor of a block that requires a gradient: one of its weights, of the norm that follows it, or
// of what a tuning added to it. Undefined if there is none.
at::Tensor trained_in(const BlockWeights& weights, const Norm& next_norm,
                      const BlockProjections& projections, BlockAdditions additions);

}  // namespace dovetail
