// SPDX-License-Identifier: Apache-2.0
#include "training/batch.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"

namespace dovetail {

namespace {

using Order = std::span<int64_t>;

// Shortest to longest, of sources or targets.
void sort_by(std::vector<int32_t> Sequence::*side, std::span<const Sequence> rows, Order order) {
  std::stable_sort(order.begin(), order.end(), [&](int64_t a, int64_t b) {
    return (rows[a].*side).size() < (rows[b].*side).size();
  });
}

double spread(std::vector<int32_t> Sequence::*side, std::span<const Sequence> rows, Order order) {
  const auto [shortest, longest] =
      std::minmax_element(order.begin(), order.end(), [&](int64_t a, int64_t b) {
        return (rows[a].*side).size() < (rows[b].*side).size();
      });
  return 1.0 + static_cast<double>((rows[*longest].*side).size() - (rows[*shortest].*side).size());
}

// Sources fall into groups, and within a group targets are sorted. With n batches of which s
// groups, what is padded goes with spread(source) / s + spread(target) / (n / s): the best s follows.
void sort_window(std::span<const Sequence> rows, int64_t batch_size, Order order) {
  const double batches = std::ceil(static_cast<double>(order.size()) / static_cast<double>(batch_size));
  const double ratio = spread(&Sequence::source, rows, order) / spread(&Sequence::target, rows, order);
  const double groups = std::clamp(std::round(std::sqrt(batches * ratio)), 1.0, batches);
  const size_t group_rows = static_cast<size_t>(std::ceil(batches / groups)) * batch_size;
  sort_by(&Sequence::source, rows, order);
  for (size_t begin = 0; begin < order.size(); begin += group_rows) {
    sort_by(&Sequence::target, rows, order.subspan(begin, std::min(group_rows, order.size() - begin)));
  }
}

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

std::vector<std::vector<int64_t>> epoch_batches(std::span<const Sequence> rows, int64_t batch_size,
                                                Rng& rng) {
  std::vector<int64_t> order = rng.permutation(static_cast<int64_t>(rows.size()));
  const size_t window = static_cast<size_t>(kWindowBatches * batch_size);
  for (size_t begin = 0; begin < order.size(); begin += window) {
    sort_window(rows, batch_size, Order(order).subspan(begin, std::min(window, order.size() - begin)));
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
