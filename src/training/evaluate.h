// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "sweep/record.h"
#include "sweep/settings.h"
#include "training/task_rows.h"

namespace dovetail {

// Scores predictions against the references of the chosen test examples: per example, and means.
void score_predictions(const TaskData& task, const std::vector<int64_t>& test,
                       const std::vector<std::string>& predictions,
                       const std::vector<std::string>& metric_names, Record& record);

// The test set, once: greedy predictions and their scores; loss (nats per target token of the first
// reference, over all tokens) and perplexity.
void evaluate(T5Model& model, TuningMethod& tuning, const RowMaker& maker,
              const EvaluateSettings& settings, Record& record);

// Mean loss per target token over the rows, without dropout.
double mean_loss(const T5Model& model, TuningMethod& tuning, const std::vector<Sequence>& rows,
                 int64_t batch_size);

}  // namespace dovetail
