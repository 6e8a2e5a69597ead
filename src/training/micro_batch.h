// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "training/batch.h"

namespace dovetail {

// Splits the rows of a batch, in order, into `parts` micro-batches for gradient accumulation. Their
// sizes differ by at most one row, and each is padded to its own longest row. A batch of fewer rows
// gives fewer parts; one part is the batch itself.
std::vector<Batch> split_batch(const Batch& batch, int64_t parts);

// Returns the rows that one of `size` data-parallel ranks computes: every size-th from its rank on,
// because batches are sorted by length, padded to their own longest row. Nothing where a rank has
// no row.
std::optional<Batch> rank_rows(const Batch& batch, int rank, int size);

}  // namespace dovetail
