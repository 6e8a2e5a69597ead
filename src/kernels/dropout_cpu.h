// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "kernels/dropout_bits.h"

namespace dovetail {

// y[i] = x[i] * factor of element `begin` + i, for `count` elements. x and y do not overlap.
void dropout_row(const float* x, float* y, int64_t begin, int64_t count,
                 const DropoutBits& dropout);

}  // namespace dovetail
