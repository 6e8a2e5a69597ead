// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "jobs/decoding.h"
#include "jobs/test_items.h"
#include "plan/settings.h"

namespace dovetail {

// The answers of one decoding: texts[example][sample].
struct Answers {
  std::string label;  // of a further decoding; "": the main one
  Decoding decoding;
  std::vector<std::vector<std::string>> texts;
};

// Places for the answers of all decodings of the settings, the main one first.
std::vector<Answers> prepare_answers(const EvaluateSettings& settings, const T5Config& config,
                                     size_t examples);

// One cell's part of a test: its rows, and what the model makes of them.
struct TestPass {
  EvalContext context;
  const std::vector<Sequence>* rows = nullptr;
  std::vector<Answers> answers;     // as prepare_answers made them; filled by run_test
  std::vector<TokenScores> scores;  // of the rows' targets
};

// Whether two cells may be tested in one pass: their decoders answer, and their models may share
// passes (may_share) and decode in groups.
bool may_be_tested_together(const EvalContext& a, const EvalContext& b);

// Encodes each source once, for its target's scores and for every decoding. The batches of several
// cells go through the model side by side; all must have the decodings of the first.
void run_test(std::vector<TestPass>& cells, int64_t batch_size);

// length_batches of the rows' sources.
std::vector<std::vector<size_t>> source_batches(const std::vector<Sequence>& rows,
                                                int64_t batch_size);

// These rows on the model's device.
Batch gather(const std::vector<Sequence>& rows, const std::vector<size_t>& indices,
             const T5Model& model);

}  // namespace dovetail
