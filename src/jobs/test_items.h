// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "jobs/example_encoder.h"
#include "metrics/metric.h"
#include "model/generation/score.h"

namespace dovetail {

// A model as it is tuned, and how examples become its rows.
struct EvalContext {
  const T5Model& model;
  TuningMethod& tuning;
  const ExampleEncoder& maker;
};

// Scores rows by teacher forcing, those of like length together.
std::vector<TokenScores> score_rows(const EvalContext& context, const std::vector<Sequence>& rows);
// The same of a model as it is, for rows without soft tokens.
std::vector<TokenScores> score_rows(const T5Model& model, const std::vector<Sequence>& rows);

// Which evidence some metrics need.
std::vector<Evidence> needed_evidence(const std::vector<std::string>& metrics);

// Everything about examples that does not hang on how answers are decoded: references, choices, and
// of the model's opinion what `needed` names. `rows` and `first` are those of the first references,
// and their scores.
std::vector<ScoredItem> describe_items(const EvalContext& context,
                                       const std::vector<const Example*>& examples,
                                       const std::vector<Sequence>& rows,
                                       const std::vector<TokenScores>& first,
                                       const std::vector<Evidence>& needed);

// Ranks of a row's target without its sentinels and </s>.
std::vector<int64_t> content_ranks(const Vocabulary& vocabulary, const Sequence& row,
                                   const TokenScores& scores);

}  // namespace dovetail
