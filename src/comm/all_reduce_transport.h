// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "comm/communicator.h"

namespace dovetail {

// Moves chunks of float32 gradients between the ranks of a DataParallelGroup. Every slot (one
// gradient) is cut into one chunk a rank (chunk_range.h). The rank that owns a chunk adds up the
// contributions of all ranks (reduce-scatter) and publishes the sum (all-gather). No call waits.
class AllReduceTransport {
 public:
  virtual ~AllReduceTransport() = default;

  // Starts a round over slots of these sizes (in floats). Round numbers only grow; chunks of other
  // rounds are invisible. Returns, for each slot, memory in which a gradient is reduced without a
  // copy; or an empty vector where the transport has none.
  virtual std::vector<std::span<float>> begin_round(uint64_t round,
                                                    std::span<const size_t> sizes) = 0;
  // Sends this rank's contribution to `owner`'s chunk of the slot. An empty span means
  // "abandoned": the sum of that chunk is undefined. If `owner` is this rank, publishes the
  // reduced chunk to all others.
  virtual void send_chunk(size_t slot, int owner, std::span<const float> numbers) = 0;
  // What `rank` sent for `owner`'s chunk: a contribution to this rank's own chunk, or (where
  // `rank` is `owner`) the reduced chunk. Null while it has not arrived.
  virtual const float* chunk_from(size_t slot, int rank, int owner) = 0;
  // Takes in a message with kAllReduceTag.
  virtual void receive(const Message& message) = 0;
};

inline constexpr int kAllReduceTag = 1;

}  // namespace dovetail
