// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

namespace dovetail {

// Memory without contents, for whole cache lines. Big blocks lie on huge pages where the system has
// them: a weight matrix is read from end to end for a single token, and a new page every 4 KiB
// slows prefetching and address translation. Throws std::bad_alloc.
std::shared_ptr<void> aligned_memory(size_t bytes);

template <typename Number>
std::shared_ptr<Number[]> aligned_numbers(int64_t count) {
  const std::shared_ptr<void> memory = aligned_memory(static_cast<size_t>(count) * sizeof(Number));
  return {memory, static_cast<Number*>(memory.get())};
}

}  // namespace dovetail
