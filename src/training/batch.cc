// SPDX-License-Identifier: Apache-2.0
#include "training/batch.h"

#include <algorithm>

#include "base/error.h"

namespace dovetail {

namespace {

constexpr int64_t kWindowBatches = 16;   // rows are sorted by length within so many batches

}  // namespace

Batch collate(std::span<const Sequence* const> sequences) {
  DOVETAIL_CHECK(!sequences.empty());
  const int64_t rows = static_cast<int64_t>(sequences.size());
  int64_t source_length = 0, target_length = 0;
  for (const Sequence* sequence : sequences) {
    source_length = std::max<int64_t>(source_length, sequence->source.size());
    target_length = std::max<int64_t>(target_length, sequence->target.size());
  }
  Batch batch;
  batch.source_BS = torch::zeros({rows, source_length}, torch::kInt64);
  batch.mask_BS = torch::zeros({rows, source_length}, torch::kFloat32);
  batch.decoder_ids_BT = torch::zeros({rows, target_length}, torch::kInt64);
  batch.labels_BT = torch::full({rows, target_length}, kIgnored, torch::kInt64);
  for (int64_t row = 0; row < rows; ++row) {
    const auto& [source, target] = *sequences[row];
    std::copy(source.begin(), source.end(), batch.source_BS.data_ptr<int64_t>() + row * source_length);
    std::fill_n(batch.mask_BS.data_ptr<float>() + row * source_length, source.size(), 1.0f);
    std::copy(target.begin(), target.end(), batch.labels_BT.data_ptr<int64_t>() + row * target_length);
    std::copy(target.begin(), target.end() - 1,
              batch.decoder_ids_BT.data_ptr<int64_t>() + row * target_length + 1);
    batch.num_targets += static_cast<int64_t>(target.size());
    batch.num_tokens += static_cast<int64_t>(source.size() + target.size());
  }
  batch.num_computed = rows * (source_length + target_length);
  return batch;
}

std::vector<std::vector<int64_t>> epoch_batches(std::span<const int64_t> lengths, int64_t batch_size,
                                                Rng& rng) {
  std::vector<int64_t> order = rng.permutation(static_cast<int64_t>(lengths.size()));
  const size_t window = static_cast<size_t>(kWindowBatches * batch_size);
  for (size_t begin = 0; begin < order.size(); begin += window) {
    const auto first = order.begin() + begin;
    const auto last = order.begin() + std::min(order.size(), begin + window);
    std::stable_sort(first, last, [&](int64_t a, int64_t b) { return lengths[a] < lengths[b]; });
  }
  std::vector<std::vector<int64_t>> batches;
  for (size_t begin = 0; begin < order.size(); begin += batch_size) {
    const size_t end = std::min(order.size(), begin + batch_size);
    batches.emplace_back(order.begin() + begin, order.begin() + end);
  }
  rng.shuffle(std::span(batches));   // else every window would begin with its short rows
  return batches;
}

}  // namespace dovetail
