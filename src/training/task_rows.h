// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "sweep/settings.h"
#include "tasks/task.h"
#include "tasks/template.h"
#include "text/vocabulary.h"
#include "training/batch.h"
#include "tuning/tuning_method.h"

namespace dovetail {

// Turns examples into ids the same way for training and test.
struct RowMaker {
  const TaskData& task;
  const Template& form;
  const Vocabulary& vocabulary;
  SoftTokens soft_tokens;
  int64_t vocab_size = 0;          // of the model; soft tokens are numbered from here
  int64_t max_source_length = 64;  // soft tokens not counted; only the head is cut
  int64_t max_target_length = 16;

  Sequence row(const std::string& head, const std::string& tail) const;
  Sequence row(const Example& example, const std::string& answer) const { return row(example.source, answer); }
  // As if that choice were the right one; and the same with nothing asked.
  Sequence choice_row(const Example& example, size_t choice) const;
  Sequence prior_row(const Example& example, size_t choice) const;
  // What of a generated text is the answer.
  std::string answer(const Example& example, const std::string& generated) const;
};

// One row for each (head, tail) that the subset keeps.
std::vector<Sequence> training_rows(const RowMaker& maker, const Subset& subset);
std::vector<Sequence> validation_rows(const RowMaker& maker, const Subset& subset);

// Batches for ever: epochs in random order. Deterministic in the seed.
class EpochBatches {
 public:
  EpochBatches(std::vector<Sequence> rows, BatchLimit limit, uint64_t seed);
  Batch next();
  // Of the first epoch; with a limit in tokens others may have a few more or less.
  int64_t batches_per_epoch() const { return batches_per_epoch_; }

 private:
  void start_epoch();

  std::vector<Sequence> rows_;
  BatchLimit limit_;
  uint64_t seed_;
  int64_t epoch_ = 0;
  std::vector<std::vector<int64_t>> batches_;
  size_t next_ = 0;
  int64_t batches_per_epoch_ = 0;
};

}  // namespace dovetail
