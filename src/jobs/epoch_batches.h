// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "training/batch.h"

namespace dovetail {

// An endless stream of batches: epochs of all rows in random order, deterministic in the seed.
class EpochBatches {
 public:
  // DataError if there are no rows.
  EpochBatches(std::vector<Sequence> rows, BatchLimit limit, uint64_t seed, BatchIds ids = {});
  Batch next();
  std::vector<const Sequence*> next_rows();  // of that batch; they live as long as this
  // The number in the first epoch; with a limit in tokens, other epochs may differ a little.
  int64_t batches_per_epoch() const { return batches_per_epoch_; }

 private:
  void start_epoch();

  std::vector<Sequence> rows_;
  BatchLimit limit_;
  uint64_t seed_;
  BatchIds ids_;
  int64_t epoch_ = 0;
  std::vector<std::vector<int64_t>> batches_;
  size_t next_ = 0;
  int64_t batches_per_epoch_ = 0;
};

}  // namespace dovetail
