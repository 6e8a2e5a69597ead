// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "kernels/head_loss.h"
#include "model/config.h"
#include "training/bucketing.h"

// Shape suffixes: B batch, S source length, T target length.
namespace dovetail {

// The ids of a model that its batches are made with: T5's, unless its config.json has others.
struct BatchIds {
  int64_t pad_token_id = 0;
  int64_t decoder_start_token_id = 0;

  BatchIds() = default;
  explicit BatchIds(const T5Config& config)
      : pad_token_id(config.pad_token_id), decoder_start_token_id(config.decoder_start_token_id) {}
};

// One training example as token ids. Both sides end as the tokenizer ends texts: in </s>.
struct Sequence {
  std::vector<int32_t> source;
  std::vector<int32_t> target;
  // Of several examples that share the row: where each one ends. Empty: one example.
  std::vector<int32_t> source_ends = {}, target_ends = {};
  // What the loss of each target token counts, and what the row adds to the divisor of the batch's
  // summed loss. Empty: each counts 1, and the row adds their number.
  std::vector<float> weights = {};
  double divisor = 0;
  // What the divergence from the base model counts at each target token; empty: nothing.
  std::vector<float> base_weights = {};
  // What the encoder must say at each source token (kIgnored: nothing), and what that loss counts.
  // Empty: nothing.
  std::vector<int32_t> source_labels = {};
  std::vector<float> source_weights = {};
};

struct Batch {
  at::Tensor source_BS;       // int64, padded
  at::Tensor mask_BS;         // float, 1 for tokens; with segments their numbers, from 1 on
  at::Tensor segments_BT;     // float, the same for the target; undefined without segments
  at::Tensor decoder_ids_BT;  // int64: the start, then the target without its last id; padded
  at::Tensor labels_BT;       // int64: the target; kIgnored where padded
  int64_t num_tokens = 0;     // of source and target, without padding
  int64_t num_computed = 0;   // of source and target, with padding
  int64_t num_targets = 0;
  at::Tensor weights_BT;       // float: Sequence::weights, 0 where padded; undefined: 1 each
  at::Tensor base_weights_BT;  // float: Sequence::base_weights; undefined: none
  // int64, float: Sequence::source_labels, kIgnored where padded, and its weights; undefined: none
  at::Tensor source_labels_BS, source_weights_BS;
  // What a step divides the sum of its token losses by, also of parts of a batch: num_targets, but
  // for rows with weights.
  double loss_divisor = 0;

  Batch to(const at::Device& device) const;
};

// Pads each side to its longest sequence. Expects at least one.
Batch collate(std::span<const Sequence* const> sequences, const BatchIds& ids = {});

// The batches of one epoch, as indices of rows: see bucket_by_length.
std::vector<std::vector<int64_t>> epoch_batches(std::span<const Sequence> rows,
                                                const BatchLimit& limit, Rng& rng);

}  // namespace dovetail
