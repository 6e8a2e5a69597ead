// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <vector>

#include "jobs/test_items.h"
#include "metrics/training_outputs.h"
#include "plan/record.h"
#include "plan/settings.h"
#include "training/encoder_outputs.h"

namespace dovetail {

// Scores answers for each example and for the test set. Metrics go into the record as NAME, or as
// NAME@LABEL if `label` (of a further decoding) is not empty. A metric whose evidence is missing (a
// task without choices, a decoding without samples, references in a script that it cannot read) is
// left out. One that lacks some examples' evidence has NaN there, and the mean of the others.
void score_items(const std::vector<ScoredItem>& items, const std::vector<std::string>& metrics,
                 const std::string& label, Record& record);

// Scores answers that no model generated: those of a baseline. Where each answer is one of its
// example's choices, it counts as the likeliest one.
void score_predictions(const TaskData& task, const std::vector<int64_t>& test,
                       const std::vector<std::string>& predictions,
                       const std::vector<std::string>& metric_names, Record& record);

// Evaluates a model on the test set, once for each decoding: predictions and their scores, loss
// (nats per target token of the first reference, over all tokens) and perplexity, all in the
// precision of the settings. Returns the counts of the rows that it encoded.
// `training` are the outputs that the model learned from; null: not known.
RowCounts evaluate(T5Model& model, TuningMethod& tuning, const ExampleEncoder& encoder,
                   const EvaluateSettings& settings, Record& record,
                   const TrainingOutputs* training = nullptr);

// The same on any examples of the task.
RowCounts evaluate_on(const std::vector<const Example*>& examples, T5Model& model,
                      TuningMethod& tuning, const ExampleEncoder& encoder,
                      const EvaluateSettings& settings, Record& record,
                      const TrainingOutputs* training = nullptr);

// A cell's part of a shared evaluation.
struct CellTest {
  T5Model& model;
  TuningMethod& tuning;
  const ExampleEncoder& encoder;
  std::vector<const Example*> examples;
  Record& record;
  const TrainingOutputs* training = nullptr;
  RowCounts counts = {};  // of the rows that were encoded for it
};

// evaluate_on for cells that may be tested together (jobs/test_pass.h): the same results up to
// rounding, in fewer and larger steps.
void evaluate_group(std::span<CellTest> cells, const EvaluateSettings& settings);

// The test examples that the settings take.
std::vector<const Example*> test_examples_of(const TaskData& task,
                                             const EvaluateSettings& settings);

// Scores validation examples, by the first decoding alone: record.validation_scores.
void validate(const std::vector<const Example*>& examples, T5Model& model, TuningMethod& tuning,
              const ExampleEncoder& encoder, const EvaluateSettings& settings, Record& record,
              const TrainingOutputs* training = nullptr);

// Rows whose loss is measured. `known`: see LossInput.
struct LossRows {
  const T5Model& model;
  TuningMethod& tuning;
  const std::vector<Sequence>& rows;
  int64_t batch_size = 1;
  EncoderOutputs* known = nullptr;
};

// Mean loss per target token over the rows, without dropout.
double mean_loss(const LossRows& rows);
// The same for models that may share passes (may_share), in fewer and larger steps.
std::vector<double> mean_losses(std::span<const LossRows> cells);

}  // namespace dovetail
