// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "jobs/test_items.h"
#include "plan/record.h"
#include "plan/settings.h"

namespace dovetail {

// Scores answers: per example, and as the metrics aggregate. Metrics go into the record as NAME, or
// as NAME@DECODING where `decoding` is not empty. A metric whose evidence a task or decoding cannot
// give (choices where there are none, samples where nothing is drawn) is left out.
void score_items(const std::vector<ScoredItem>& items, const std::vector<std::string>& metrics,
                 const std::string& decoding, Record& record);

// Answers that no model wrote: those of a baseline.
void score_predictions(const TaskData& task, const std::vector<int64_t>& test,
                       const std::vector<std::string>& predictions,
                       const std::vector<std::string>& metric_names, Record& record);

// The test set, once for each decoding: predictions and their scores; loss (nats per target token
// of the first reference, over all tokens) and perplexity.
void evaluate(T5Model& model, TuningMethod& tuning, const ExampleEncoder& maker,
              const EvaluateSettings& settings, Record& record);

// The same on any examples of the task.
void evaluate_on(const std::vector<const Example*>& examples, T5Model& model, TuningMethod& tuning,
                 const ExampleEncoder& maker, const EvaluateSettings& settings, Record& record);

// Mean loss per target token over the rows, without dropout.
double mean_loss(const T5Model& model, TuningMethod& tuning, const std::vector<Sequence>& rows,
                 int64_t batch_size);

}  // namespace dovetail
