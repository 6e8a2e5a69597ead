// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

#include "jobs/pool_lines.h"
#include "jobs/vocabulary_symbols.h"
#include "objectives/objective.h"
#include "plan/settings.h"
#include "training/batch.h"

namespace dovetail {

struct LineSettings {
  ChoiceSettings objective;
  int64_t batch_size = 16;          // lines a step
  std::string mask_label = "rate";  // as any other token; always, never
  uint64_t seed = 1;
};

// How often an objective asks for the label of a line: the share of the labels' pieces that it asks
// for, and their share of all pieces that it asks for. NaN where it draws no mask, or there is no
// label.
struct LabelShares {
  double asked = 0;
  double of_targets = 0;
};

// An endless stream of batches of lines, each epoch in random order, the objective applied to each
// line anew. Deterministic in the seed and the step.
class LineBatches {
 public:
  // DataError where no line has two ids; ConfigError for mask_label of an objective without a mask.
  LineBatches(std::vector<PoolLine> lines, const Vocabulary& vocabulary,
              const LineSettings& settings, BatchIds ids = {});

  Batch batch(int64_t step);
  // The row that stands at this number in the stream.
  Sequence row(int64_t number);
  // Source and target tokens of a batch, the mean of the first epoch.
  double mean_batch_tokens();
  // Of the first epoch.
  LabelShares label_shares();

 private:
  Denoised denoise(const PoolLine& line, Rng& rng) const;
  void begin_epoch(int64_t epoch);
  const PoolLine& line_at(int64_t number);
  Denoised denoised(int64_t number);

  std::vector<PoolLine> lines_;
  const Vocabulary& vocabulary_;
  LineSettings settings_;
  BatchIds ids_;
  BoundObjective objective_;
  VocabularySymbols symbols_;
  int64_t epoch_ = -1;
  std::vector<int64_t> order_;  // of the lines, in this epoch
};

}  // namespace dovetail
