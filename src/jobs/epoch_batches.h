// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "training/batch.h"

namespace dovetail {

// An endless stream of batches: epochs of all rows in random order, deterministic in the seed.
class EpochBatches {
 public:
  // DataError if there are no rows.
  EpochBatches(std::vector<Sequence> rows, BatchLimit limit, uint64_t seed, BatchIds ids = {});
  // Rows that each epoch makes anew, as many in each.
  using RowsOfEpoch = std::function<std::vector<Sequence>(int64_t epoch)>;
  EpochBatches(RowsOfEpoch rows_of_epoch, BatchLimit limit, uint64_t seed, BatchIds ids = {});
  Batch next();
  std::vector<const Sequence*> next_rows();  // of that batch; they live until the next call
  // The number in the first epoch; with a limit in tokens, other epochs may differ a little.
  int64_t batches_per_epoch() const { return batches_per_epoch_; }

 private:
  void start_epoch();

  std::vector<Sequence> rows_;
  RowsOfEpoch rows_of_epoch_;  // empty: the same rows in every epoch
  BatchLimit limit_;
  uint64_t seed_;
  BatchIds ids_;
  int64_t epoch_ = 0;
  std::vector<std::vector<int64_t>> batches_;
  size_t next_ = 0;
  int64_t batches_per_epoch_ = 0;
};

}  // namespace dovetail
