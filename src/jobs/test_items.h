// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "jobs/example_encoder.h"
#include "metrics/metric.h"
#include "model/generation/score.h"

namespace dovetail {

// A model as it is tuned, and the encoder of its rows.
struct EvalContext {
  const T5Model& model;
  TuningMethod& tuning;
  const ExampleEncoder& encoder;
};

// Scores targets by what answers in this context: the decoder, by teacher forcing, or the tuning's
// own reader, which has the sources of one model alone.
std::vector<TokenScores> score_targets(const EvalContext& context,
                                       std::span<const EncodedSources> sources,
                                       std::span<const Ids> targets);

// Scores rows by teacher forcing; rows of similar length share a batch.
std::vector<TokenScores> score_rows(const EvalContext& context, const std::vector<Sequence>& rows);
// The same for a model without tuning and rows without soft tokens.
std::vector<TokenScores> score_rows(const T5Model& model, const std::vector<Sequence>& rows);

// The evidence that the metrics need.
std::vector<Evidence> needed_evidence(const std::vector<std::string>& metrics);

struct DescribedItems {
  std::vector<ScoredItem> items;
  RowCounts counts;  // of the rows that were encoded for them
};

// Describes examples by everything that does not depend on decoding: references, choices, and the
// evidence in `needed`. `rows` are those of the first references, `first` their scores.
DescribedItems describe_items(const EvalContext& context,
                              const std::vector<const Example*>& examples,
                              const std::vector<Sequence>& rows,
                              const std::vector<TokenScores>& first,
                              const std::vector<Evidence>& needed);

// The ranks of a row's target tokens without sentinels and </s>.
std::vector<int64_t> content_ranks(const Vocabulary& vocabulary, const Sequence& row,
                                   const TokenScores& scores);

}  // namespace dovetail
