// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "kernels/head_loss.h"
#include "training/bucketing.h"

// Shape suffixes: B batch, S source length, T target length.
namespace dovetail {

// One training example as token ids. Both sides end in </s>.
struct Sequence {
  std::vector<int32_t> source;
  std::vector<int32_t> target;
};

struct Batch {
  at::Tensor source_BS;       // int64, pad 0
  at::Tensor mask_BS;         // float, 1 for tokens
  at::Tensor decoder_ids_BT;  // int64: pad, then the target without its last id
  at::Tensor labels_BT;       // int64: the target; kIgnored where padded
  int64_t num_tokens = 0;     // of source and target, without padding
  int64_t num_computed = 0;   // of source and target, with padding
  int64_t num_targets = 0;

  Batch to(const at::Device& device) const;
};

// Pads each side to its longest sequence. Expects at least one.
Batch collate(std::span<const Sequence* const> sequences);

// The batches of one epoch, as indices of rows: see bucket_by_length.
std::vector<std::vector<int64_t>> epoch_batches(std::span<const Sequence> rows,
                                                const BatchLimit& limit, Rng& rng);

}  // namespace dovetail
