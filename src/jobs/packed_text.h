// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>

#include <vector>

#include "objectives/objective.h"
#include "plan/settings.h"
#include "text/corpus.h"
#include "text/vocabulary.h"
#include "training/batch.h"

namespace dovetail {

// The endless stream of a corpus, the documents of an epoch in random order. Packed: joined and cut
// into chunks of equal length, as T5 does (Raffel et al. 2020, sec. 3.1.3). Not packed: a document
// a chunk, its end cut off where it is too long, and none of fewer than two tokens; what a model is
// to write then always follows from what it reads, which it hardly does where a text is short and
// its neighbour is about something else.
class ChunkStream {
 public:
  ChunkStream(const TokenCorpus& corpus, int64_t chunk_length, bool pack, uint64_t seed);
  std::vector<int32_t> next();

 private:
  void start_epoch();
  std::vector<int32_t> next_document();
  std::vector<int32_t> next_packed();

  const TokenCorpus& corpus_;
  int64_t chunk_length_;
  bool pack_;
  uint64_t seed_;
  int64_t epoch_ = 0;
  std::vector<int64_t> order_;
  size_t position_ = 0;           // in order_
  std::vector<int32_t> pending_;  // read, not yet given out
  size_t pending_begin_ = 0;
};

// Pre-training batches: chunks through the objective. Deterministic in the seed and the step, so a
// run that was interrupted goes on with the very rows it would have seen.
class PackedText {
 public:
  PackedText(const TokenCorpus& corpus, const Vocabulary& vocabulary,
             const ChoiceSettings& objective, const PretrainSettings& settings);

  // Steps must come in rising order; skipped ones cost little.
  Batch batch(int64_t step);

 private:
  void make_window();
  Sequence make_sequence(const std::vector<int32_t>& chunk, int64_t row) const;

  const Objective& objective_;
  nlohmann::json parameters_;
  uint64_t seed_;
  int64_t rows_per_batch_;
  int64_t window_batches_;  // read ahead, so that rows of like length can be brought together
  std::vector<int32_t> sentinels_;
  std::vector<std::vector<int32_t>> texts_;  // what the objective may set before inputs, encoded
  ChunkStream stream_;
  int64_t windows_read_ = 0;  // from the stream
  int64_t window_made_ = -1;  // the one whose batches are ready
  std::vector<std::vector<int32_t>> chunks_;
  std::vector<Sequence> sequences_;
  std::vector<std::vector<int64_t>> batches_;
};

}  // namespace dovetail
