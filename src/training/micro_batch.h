// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "training/batch.h"

namespace dovetail {

// The rows of a batch, in order, in `parts` parts as even as they go (fewer, where there are fewer
// rows), each padded to its own longest row only. One part is the batch itself.
std::vector<Batch> split_batch(const Batch& batch, int64_t parts);

// The rows that a member of a team computes: every size-th, from its rank on, as batches are sorted
// by length; padded to the longest of them only. None where there are fewer rows than members.
std::optional<Batch> member_rows(const Batch& batch, int rank, int size);

}  // namespace dovetail
