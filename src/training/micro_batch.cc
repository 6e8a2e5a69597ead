// SPDX-License-Identifier: Apache-2.0
#include "training/micro_batch.h"

#include <algorithm>

namespace dovetail {

using at::Tensor;

namespace {

// Returns every stride-th row of [begin, end), padded to the longest of them.
Batch rows_of(const Batch& batch, int64_t begin, int64_t end, int64_t stride = 1) {
  const auto rows = [&](const Tensor& all) { return all.slice(0, begin, end, stride); };
  const Tensor mask = rows(batch.mask_BS), labels = rows(batch.labels_BT);
  const Tensor sources = (mask > 0).sum(1), targets = (labels != kIgnored).sum(1);
  // rows of running text have no source
  const int64_t source_length =
      std::min(mask.size(1), std::max<int64_t>(1, sources.max().item<int64_t>()));
  const int64_t target_length = std::max<int64_t>(1, targets.max().item<int64_t>());
  const auto targets_of = [&](const Tensor& all) {
    return all.defined() ? rows(all).narrow(1, 0, target_length).contiguous() : Tensor();
  };
  const auto sources_of = [&](const Tensor& all) {
    return all.defined() ? rows(all).narrow(1, 0, source_length).contiguous() : Tensor();
  };
  Batch part;
  part.source_BS = sources_of(batch.source_BS);
  part.mask_BS = mask.narrow(1, 0, source_length).contiguous();
  part.segments_BT = targets_of(batch.segments_BT);
  part.decoder_ids_BT = targets_of(batch.decoder_ids_BT);
  part.labels_BT = targets_of(batch.labels_BT);
  part.weights_BT = targets_of(batch.weights_BT);
  part.base_weights_BT = targets_of(batch.base_weights_BT);
  part.source_labels_BS = sources_of(batch.source_labels_BS);
  part.source_weights_BS = sources_of(batch.source_weights_BS);
  part.loss_divisor = batch.loss_divisor;
  part.num_targets = targets.sum().item<int64_t>();
  part.num_tokens = part.num_targets + sources.sum().item<int64_t>();
  part.num_computed = mask.size(0) * (source_length + target_length);
  return part;
}

}  // namespace

std::vector<Batch> split_batch(const Batch& batch, int64_t parts) {
  const int64_t rows = batch.source_BS.size(0);
  parts = std::clamp<int64_t>(parts, 1, rows);
  if (parts == 1) return {batch};
  std::vector<Batch> all;
  for (int64_t i = 0; i < parts; ++i) {
    const int64_t begin = i * rows / parts, end = (i + 1) * rows / parts;
    all.push_back(rows_of(batch, begin, end));
  }
  return all;
}

std::optional<Batch> rank_rows(const Batch& batch, int rank, int size) {
  const int64_t rows = batch.source_BS.size(0);
  if (rank >= rows) return std::nullopt;
  return rows_of(batch, rank, rows, size);
}

}  // namespace dovetail
