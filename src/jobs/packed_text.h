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

// An endless stream of a corpus, the documents of each epoch in random order. With pack_sequences,
// documents are joined and cut into chunks of equal length, as T5 does (Raffel et al. 2020, sec.
// 3.1.3). Without it, each chunk is one document, truncated if it is too long; documents of fewer
// than two tokens are skipped. The target then always belongs to the text of the source, which it
// rarely does when short documents on different topics share a row.
class ChunkStream {
 public:
  ChunkStream(const TokenCorpus& corpus, int64_t chunk_length, bool pack_sequences, uint64_t seed);
  std::vector<int32_t> next();

 private:
  void start_epoch();
  std::vector<int32_t> next_document();
  std::vector<int32_t> next_packed();

  const TokenCorpus& corpus_;
  int64_t chunk_length_;
  bool pack_sequences_;
  uint64_t seed_;
  int64_t epoch_ = 0;
  std::vector<int64_t> order_;
  size_t position_ = 0;           // in order_
  std::vector<int32_t> pending_;  // read, not yet returned
  size_t pending_begin_ = 0;
};

// Pre-training batches: the objective applied to chunks. Deterministic in the seed and the step, so
// that an interrupted run continues with the same rows.
class PackedText {
 public:
  PackedText(const TokenCorpus& corpus, const Vocabulary& vocabulary,
             const ChoiceSettings& objective, const PretrainSettings& settings,
             const BatchIds& ids = {});

  // Steps must rise; skipping some costs little.
  Batch batch(int64_t step);

 private:
  void make_window();
  Sequence make_sequence(const std::vector<int32_t>& chunk, int64_t row) const;

  const Vocabulary& vocabulary_;
  const Objective& objective_;
  nlohmann::json parameters_;
  uint64_t seed_;
  BatchIds ids_;
  int64_t rows_per_batch_;
  int64_t window_batches_;  // read ahead, so that rows of similar length can share a batch
  std::vector<int32_t> sentinels_;
  std::vector<std::vector<int32_t>> texts_;  // that the objective may put before inputs
  ChunkStream stream_;
  int64_t windows_read_ = 0;  // from the stream
  int64_t window_made_ = -1;  // the one whose batches are ready
  std::vector<std::vector<int32_t>> chunks_;
  std::vector<Sequence> sequences_;
  std::vector<std::vector<int64_t>> batches_;
};

}  // namespace dovetail
