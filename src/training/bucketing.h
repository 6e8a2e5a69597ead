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

// The size limit of a batch: `rows`; or with tokens > 0, the most rows for which
// rows x (longest source + longest target) <= tokens, but at least one.
struct BatchLimit {
  int64_t rows = 16;
  int64_t tokens = 0;
};

// Groups rows of similar source and target length into batches, so that there is little padding.
// Every row comes exactly once. The order of the batches is random, and their composition differs
// from epoch to epoch; both depend on the Rng's state alone. With a limit in rows there are
// ceil(rows / limit) batches, and all but one are full.
std::vector<std::vector<int64_t>> bucket_by_length(std::span<const RowLength> lengths,
                                                   const BatchLimit& limit, Rng& rng);

}  // namespace dovetail
