// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>

namespace dovetail {

// Calls body(i) for every i in [0, count), in any order, on the cores of this machine (at most 8,
// at most one for every `grain` calls). The first exception is thrown again here.
void parallel_for(int64_t count, int64_t grain, const std::function<void(int64_t)>& body);

}  // namespace dovetail
