// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "jobs/text_rows.h"
#include "plan/settings.h"
#include "text/vocabulary.h"
#include "training/batch.h"

namespace dovetail {

// Pre-training batches: rows of text, those of similar length together. Deterministic in the seed
// and the step, so that an interrupted run continues with the same rows.
class PackedText {
 public:
  PackedText(Documents documents, const Vocabulary& vocabulary, const ChoiceSettings& objective,
             const PretrainSettings& settings, const BatchIds& ids = {},
             RowTexts texts = RowTexts::two);

  // Steps must rise; skipping some costs little, but for pack_pairs.
  Batch batch(int64_t step);

 private:
  void read_window();
  void make_window();

  uint64_t seed_;
  BatchIds ids_;
  int64_t rows_per_batch_;
  int64_t window_batches_;  // read ahead, so that rows of similar length can share a batch
  bool pack_pairs_;
  TextRows rows_;
  int64_t windows_read_ = 0;  // from the stream
  int64_t window_made_ = -1;  // the one whose batches are ready
  std::vector<TextRows::Chunk> chunks_;
  std::vector<Sequence> sequences_;
  std::vector<std::vector<int64_t>> batches_;
};

}  // namespace dovetail
