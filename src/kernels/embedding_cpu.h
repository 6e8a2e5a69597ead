// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace dovetail {

// sums[ids[i]] += rows[i] for every i, in order. Rows are `width` numbers.
void add_rows(const float* rows, const int64_t* ids, int64_t count, int64_t width, float* sums);

}  // namespace dovetail
