// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/random.h"

namespace dovetail {

struct RowLength {
  int32_t source = 0;
  int32_t target = 0;
};

// How much a batch may hold: so many rows; or, with tokens > 0, as many rows as keep
// rows x (longest source + longest target) within so many tokens, but always one.
struct BatchLimit {
  int64_t rows = 16;
  int64_t tokens = 0;
};

// Rows of like source and target length come together, so that little is padding. Every row comes
// exactly once; the batches are in random order, and which rows meet in one differs from draw to
// draw. Deterministic in the Rng's state. With a limit in rows there are ceil(rows / limit) batches
// and all but one are full.
std::vector<std::vector<int64_t>> bucket_by_length(std::span<const RowLength> lengths,
                                                   const BatchLimit& limit, Rng& rng);

}  // namespace dovetail
