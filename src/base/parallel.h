// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>

namespace dovetail {

// Calls body(i) for every i in [0, count), in any order, on at most 8 cores of this machine and at
// most one for every `grain` calls. Rethrows the first exception.
void parallel_for(int64_t count, int64_t grain, const std::function<void(int64_t)>& body);

}  // namespace dovetail
