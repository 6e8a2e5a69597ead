// SPDX-License-Identifier: Apache-2.0
#include "jobs/epoch_batches.h"

#include "base/error.h"
#include "base/random.h"

namespace dovetail {

EpochBatches::EpochBatches(std::vector<Sequence> rows, BatchLimit limit, uint64_t seed,
                           BatchIds ids)
    : rows_(std::move(rows)), limit_(limit), seed_(seed), ids_(ids) {
  if (rows_.empty()) throw_<DataError>("the task has no training examples at this size");
  start_epoch();
  batches_per_epoch_ = static_cast<int64_t>(batches_.size());
}

EpochBatches::EpochBatches(RowsOfEpoch rows_of_epoch, BatchLimit limit, uint64_t seed, BatchIds ids)
    : EpochBatches(rows_of_epoch(0), limit, seed, ids) {
  rows_of_epoch_ = std::move(rows_of_epoch);
}

void EpochBatches::start_epoch() {
  if (rows_of_epoch_) rows_ = rows_of_epoch_(epoch_);
  Rng rng(derive_seed(seed_, fmt::format("epoch/{}", epoch_++)));
  batches_ = epoch_batches(rows_, limit_, rng);
  next_ = 0;
}

Batch EpochBatches::next() { return collate(next_rows(), ids_); }

std::vector<const Sequence*> EpochBatches::next_rows() {
  if (next_ == batches_.size()) start_epoch();
  std::vector<const Sequence*> rows;
  for (int64_t row : batches_[next_]) rows.push_back(&rows_[row]);
  ++next_;
  return rows;
}

}  // namespace dovetail
