// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>

#include <deque>
#include <vector>

#include "jobs/chunk_stream.h"
#include "jobs/framing.h"
#include "jobs/vocabulary_symbols.h"
#include "objectives/objective.h"
#include "plan/model_size.h"
#include "plan/settings.h"
#include "plan/spending.h"
#include "text/vocabulary.h"
#include "training/batch.h"

namespace dovetail {

// A row of a batch: one example, or several short ones side by side.
struct TextRow {
  Sequence sequence;
  // Lengths of each example: text, source and target.
  struct Lengths {
    int64_t text = 0, source = 0, target = 0;
  };
  std::vector<Lengths> examples;
  int64_t spans = 0;
  int64_t final_only = 0;  // examples whose only noise is the end of the text
};

// An endless stream of pre-training rows: the objective applied to chunks of documents. With
// pack_pairs, whole examples share a row as long as source and target fit sequence_length, as T5
// packs short pairs; masks keep them apart (Sequence::source_ends). Deterministic in the seed and a
// row's number.
class TextRows {
 public:
  TextRows(Documents documents, const Vocabulary& vocabulary, const ChoiceSettings& objective,
           const PretrainSettings& settings, RowTexts texts = RowTexts::two);

  struct Chunk {
    std::vector<int32_t> tokens;
    int64_t number = 0;
  };
  // Without pack_pairs, next() is make(next_chunk()): who skips rows need not make them.
  Chunk next_chunk();
  TextRow make(const Chunk& chunk) const;
  TextRow next();

 private:
  TextRow next_packed();
  std::vector<int32_t> framed_target(std::vector<int32_t> ids) const;

  const Vocabulary& vocabulary_;
  const Objective& objective_;
  nlohmann::json parameters_;
  uint64_t seed_;
  RowTexts texts_;
  bool cuts_documents_;  // rows of running text, which end where they are full
  bool pack_pairs_;
  int64_t longest_;  // side of a packed row
  VocabularySymbols symbols_;
  int64_t room_;  // of inputs without the texts that the objective may put before them
  ChunkStream stream_;
  int64_t next_number_ = 0;
  std::deque<TextRow> open_;  // packed rows that are not full
};

// Rows of a step.
int64_t rows_per_batch(const PretrainSettings& settings);

// What a step spends on average, from `sample` rows or a little more.
Spending step_spending(TextRows& rows, const PretrainSettings& settings, const ModelSize& size,
                       int64_t sample);

}  // namespace dovetail
