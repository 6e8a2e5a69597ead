// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace dovetail {

// Floats of one cache line of 64 bytes. Chunks begin at a cache line, so that two ranks never
// write to the same one.
inline constexpr size_t kFloatsPerCacheLine = 16;

// The floats of a slot that one rank reduces.
struct ChunkRange {
  size_t begin = 0, size = 0;
};

// The chunk of `owner`. The chunks of all ranks cover the slot once, in the order of the ranks, and
// differ by less than two cache lines.
ChunkRange chunk_range(size_t slot_size, int owner, int num_ranks);

}  // namespace dovetail
