// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>
#include <unordered_map>

#include "training/batch.h"

namespace dovetail {

// What the encoder made of sources, kept for the steps that read them again: of a tuning that
// trains nothing before the decoder or a reader of the encoder (the last layers, a linear probe),
// the outputs never change. A source that comes back in other company gets the numbers of its first
// time, which differ from those of a new pass by rounding. On the CPU alone; elsewhere, and for
// tunings that do train something there, it keeps nothing.
class EncoderOutputs {
 public:
  explicit EncoderOutputs(int64_t most_bytes = int64_t{128} << 20) : most_bytes_(most_bytes) {}

  // [B, S, D], with zeros for padding, if every source of the batch is known; else undefined.
  at::Tensor find(const Batch& batch) const;

  // Takes a pass's outputs for the batch. Only a pass that records gradients shows whether training
  // can change them; before one, and for `drops` (its outputs are of one draw), nothing is kept.
  void offer(const Batch& batch, const at::Tensor& memory_BSD, bool drops);

  int64_t num_sources() const { return std::ssize(rows_); }

 private:
  bool never_change_ = false;
  int64_t most_bytes_, bytes_ = 0;
  std::unordered_map<std::string, at::Tensor> rows_;  // [length, D], by the bytes of the ids
};

}  // namespace dovetail
