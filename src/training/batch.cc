// SPDX-License-Identifier: Apache-2.0
#include "training/batch.h"

#include <ATen/ops/full.h>
#include <ATen/ops/zeros.h>
#include <algorithm>

#include "base/error.h"

namespace dovetail {

namespace {

// The decoder starts anew in each segment, and no token sees another segment.
void write_segments(const Sequence& sequence, const BatchIds& ids, int64_t row, Batch& batch) {
  const auto number = [](const std::vector<int32_t>& ends, float* out) {
    int32_t begin = 0;
    for (size_t i = 0; i < ends.size(); begin = ends[i++])
      std::fill(out + begin, out + ends[i], static_cast<float>(i + 1));
  };
  number(sequence.source_ends, batch.mask_BS.data_ptr<float>() + row * batch.mask_BS.size(1));
  float* segments = batch.segments_BT.data_ptr<float>() + row * batch.segments_BT.size(1);
  std::fill_n(segments, sequence.target.size(), 1.0f);
  number(sequence.target_ends, segments);
  int64_t* decoder = batch.decoder_ids_BT.data_ptr<int64_t>() + row * batch.segments_BT.size(1);
  for (const int32_t end : sequence.target_ends) {
    if (end < std::ssize(sequence.target)) decoder[end] = ids.decoder_start_token_id;
  }
}

// One number for each target token: a sequence's, or where it has none, `otherwise`; 0 for padding.
// Undefined where no sequence has any.
at::Tensor numbers_of_targets(std::span<const Sequence* const> sequences,
                              std::vector<float> Sequence::*numbers, float otherwise,
                              int64_t target_length) {
  if (std::ranges::all_of(sequences, [&](const Sequence* s) { return (s->*numbers).empty(); }))
    return {};
  const at::Tensor all_BT = at::zeros({std::ssize(sequences), target_length}, at::kFloat);
  float* line = all_BT.data_ptr<float>();
  for (const Sequence* sequence : sequences) {
    const std::vector<float>& own = sequence->*numbers;
    DOVETAIL_CHECK(own.empty() || own.size() == sequence->target.size());
    if (own.empty()) {
      std::fill_n(line, sequence->target.size(), otherwise);
    } else {
      std::copy(own.begin(), own.end(), line);
    }
    line += target_length;
  }
  return all_BT;
}

void write_source_labels(std::span<const Sequence* const> sequences, Batch& batch) {
  if (std::ranges::all_of(sequences, [](const Sequence* s) { return s->source_labels.empty(); }))
    return;
  batch.source_labels_BS = at::full(batch.source_BS.sizes(), kIgnored, at::kLong);
  batch.source_weights_BS = at::zeros(batch.source_BS.sizes(), at::kFloat);
  const int64_t length = batch.source_BS.size(1);
  for (int64_t row = 0; row < std::ssize(sequences); ++row) {
    const Sequence& sequence = *sequences[row];
    DOVETAIL_CHECK(sequence.source_labels.empty() ||
                   sequence.source_labels.size() == sequence.source.size());
    DOVETAIL_CHECK_EQ(sequence.source_labels.size(), sequence.source_weights.size());
    std::ranges::copy(sequence.source_labels,
                      batch.source_labels_BS.data_ptr<int64_t>() + row * length);
    std::ranges::copy(sequence.source_weights,
                      batch.source_weights_BS.data_ptr<float>() + row * length);
  }
}

}  // namespace

Batch collate(std::span<const Sequence* const> sequences, const BatchIds& ids) {
  DOVETAIL_CHECK(!sequences.empty());
  const int64_t rows = static_cast<int64_t>(sequences.size());
  int64_t source_length = 0, target_length = 0;
  bool has_segments = false;
  for (const Sequence* sequence : sequences) {
    source_length = std::max<int64_t>(source_length, sequence->source.size());
    target_length = std::max<int64_t>(target_length, sequence->target.size());
    has_segments |= sequence->source_ends.size() > 1;
  }
  Batch batch;
  batch.source_BS = at::full({rows, source_length}, ids.pad_token_id, at::kLong);
  batch.mask_BS = at::zeros({rows, source_length}, at::kFloat);
  batch.decoder_ids_BT = at::full({rows, target_length}, ids.pad_token_id, at::kLong);
  batch.decoder_ids_BT.select(1, 0).fill_(ids.decoder_start_token_id);
  batch.labels_BT = at::full({rows, target_length}, kIgnored, at::kLong);
  if (has_segments) batch.segments_BT = at::zeros({rows, target_length}, at::kFloat);
  for (int64_t row = 0; row < rows; ++row) {
    const std::vector<int32_t>&source = sequences[row]->source, &target = sequences[row]->target;
    std::copy(source.begin(), source.end(),
              batch.source_BS.data_ptr<int64_t>() + row * source_length);
    std::fill_n(batch.mask_BS.data_ptr<float>() + row * source_length, source.size(), 1.0f);
    std::copy(target.begin(), target.end(),
              batch.labels_BT.data_ptr<int64_t>() + row * target_length);
    std::copy(target.begin(), target.end() - 1,
              batch.decoder_ids_BT.data_ptr<int64_t>() + row * target_length + 1);
    if (has_segments) write_segments(*sequences[row], ids, row, batch);
    batch.num_targets += static_cast<int64_t>(target.size());
    batch.num_tokens += static_cast<int64_t>(source.size() + target.size());
    batch.loss_divisor += sequences[row]->weights.empty() ? static_cast<double>(target.size())
                                                          : sequences[row]->divisor;
  }
  batch.weights_BT = numbers_of_targets(sequences, &Sequence::weights, 1, target_length);
  batch.base_weights_BT = numbers_of_targets(sequences, &Sequence::base_weights, 0, target_length);
  write_source_labels(sequences, batch);
  batch.num_computed = rows * (source_length + target_length);
  return batch;
}

std::vector<std::vector<int64_t>> epoch_batches(std::span<const Sequence> rows,
                                                const BatchLimit& limit, Rng& rng) {
  std::vector<RowLength> lengths;
  lengths.reserve(rows.size());
  for (const Sequence& row : rows) {
    lengths.push_back(
        {static_cast<int32_t>(row.source.size()), static_cast<int32_t>(row.target.size())});
  }
  return bucket_by_length(lengths, limit, rng);
}

Batch Batch::to(const at::Device& device) const {
  Batch moved = *this;
  for (at::Tensor* tensor :
       {&moved.source_BS, &moved.mask_BS, &moved.segments_BT, &moved.decoder_ids_BT,
        &moved.labels_BT, &moved.weights_BT, &moved.base_weights_BT, &moved.source_labels_BS,
        &moved.source_weights_BS}) {
    if (tensor->defined()) *tensor = tensor->to(device);
  }
  return moved;
}

}  // namespace dovetail
