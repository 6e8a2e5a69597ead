// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "training/batch.h"

namespace dovetail {

// The rows of a batch, in order, in `parts` parts as even as they go (fewer, where there are fewer
// rows), each padded to its own longest row only. One part is the batch itself.
std::vector<Batch> split_batch(const Batch& batch, int64_t parts);

}  // namespace dovetail
