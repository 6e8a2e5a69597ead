// SPDX-License-Identifier: Apache-2.0
#include "comm/chunk_range.h"

#include <algorithm>

namespace dovetail {

ChunkRange chunk_range(size_t slot_size, int owner, int num_ranks) {
  const size_t lines = (slot_size + kFloatsPerCacheLine - 1) / kFloatsPerCacheLine;
  const auto border = [&](int i) {
    const size_t line = lines * static_cast<size_t>(i) / static_cast<size_t>(num_ranks);
    return std::min(slot_size, line * kFloatsPerCacheLine);
  };
  return {border(owner), border(owner + 1) - border(owner)};
}

}  // namespace dovetail
