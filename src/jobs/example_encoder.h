// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "examples/subset.h"
#include "examples/task.h"
#include "plan/settings.h"
#include "templates/rendered.h"
#include "templates/template.h"
#include "text/vocabulary.h"
#include "training/batch.h"
#include "tuning/tuning_method.h"

namespace dovetail {

// What was met while making rows.
struct RowCounts {
  int64_t rows = 0;
  int64_t cut_sources = 0;
  int64_t cut_targets =
      0;  // an answer that lost its end cannot be learned, nor scored by its likelihood
};

// Turns examples into ids the same way for training and test.
struct ExampleEncoder {
  const TaskData& task;
  BoundTemplate form;  // with_soft_tokens, where the tuning has some
  const Vocabulary& vocabulary;
  SoftTokenPlan soft_tokens;       // all that the form uses on this task
  int64_t vocab_size = 0;          // of the model; soft tokens are numbered from here
  int64_t max_source_length = 64;  // soft tokens not counted; what is cut: Segment::cut
  int64_t max_target_length = 16;

  // The row of an example with `reference` as its target's answer. Counts into `counts`, which
  // belongs to whoever makes the rows.
  Sequence row(const Example& example, const std::string& reference) const;
  // As if that choice were the right one; and the same with nothing asked, as far as the template
  // goes.
  Sequence choice_row(const Example& example, size_t choice) const;
  Sequence prior_row(const Example& example, size_t choice) const;
  mutable RowCounts counts = {};
  mutable std::unordered_map<std::string, int32_t> soft_ids =
      {};  // of the plan, filled at the first use

 private:
  std::vector<int32_t> target_ids(const std::string& target) const;
  std::vector<int32_t> source_ids(const std::vector<Segment>& segments) const;
  int32_t soft_id(const SoftToken& token) const;
  std::vector<int32_t> fitting_ids(std::vector<Segment> segments) const;
};

// The template of a tune or baseline job, with the soft tokens that its tuning (none: a baseline)
// asks for. ConfigError where template and tuning do not fit.
BoundTemplate template_of(const Json& settings);

// The soft tokens of a cell: their names from the template, their words' pieces from the
// vocabulary.
SoftTokenPlan plan_soft_tokens(const BoundTemplate& form, const TaskData& task,
                               const Vocabulary& vocabulary);

// One row for each (head, tail) that the subset keeps.
std::vector<Sequence> training_rows(const ExampleEncoder& maker, const Subset& subset);
std::vector<Sequence> validation_rows(const ExampleEncoder& maker, const Subset& subset);

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
