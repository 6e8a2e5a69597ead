// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "plan/model_size.h"
#include "plan/settings.h"
#include "plan/spending.h"
#include "sweep/data_inspector.h"

// Cost estimates from settings and the size of the data. They order jobs and tell a user whether a
// sweep takes minutes or days. They never decide a result. bench/estimates.py compares them with
// what sweeps take.
namespace dovetail {

// The assumed machine: one thread of a current server's processor, which trains T5s of all sizes at
// 35 to 85 GFLOP/s, less the more its other cores do.
inline constexpr double kFlopsPerSecond = 50e9;
inline constexpr double kSecondsPerUpdatedWeight = 4e-9;  // of a step: norm, clipping, optimizer
inline constexpr double kSecondsPerStep = 2e-3;          // what a step takes however little it does
inline constexpr double kSecondsPerLoadedWeight = 2e-9;  // of a job: reading, copying, packing
inline constexpr double kSecondsPerNewToken = 1e-4;      // of an answer, beside its products
inline constexpr double kOverheadSeconds = 0.02;         // of any job

// Letters of a token, by the size of the vocabulary: a byte each below 1,000 ids, else three to
// four.
double letters_per_token(double vocabulary);

// Mean numbers of ids of an example's row, </s> included.
struct RowLengths {
  double source = 0;
  double target = 0;
};
// Letters become ids as letters_per_token says. A template adds a few ids; no text is longer than
// the limits; soft tokens are.
RowLengths row_lengths(const ModelSize& size, const TaskSize& task, const TuneSettings& limits,
                       int64_t soft_tokens = 0);

// Rows that a training set of this size gives.
double train_rows(const TrainSizeSettings& train, const TaskSize& task);

// Steps of tuning on so many rows.
double tune_steps(const TuneSettings& tune, double rows, const RowLengths& lengths);

// Seconds on one thread.
double tokenizer_seconds(const VocabularySettings& vocabulary);
// `spending` is of a step; where it is unknown, rows are taken as full, and targets as a third.
double pretrain_seconds(const ModelSize& size, const PretrainSettings& pretrain,
                        const std::optional<Spending>& spending = {});
// Without loading the model, which evaluate_seconds counts.
double tune_seconds(const ModelSize& size, const TuneSettings& tune, double rows,
                    const RowLengths& lengths, bool frozen);
// Loads the model and evaluates it: answers, the loss of the references, and, where a metric asks
// for it, the likelihood of every choice. A tuned model ends its answers, another one goes on to
// the limit.
double evaluate_seconds(const ModelSize& size, const RowLengths& lengths, const TaskSize& task,
                        const EvaluateSettings& evaluate, bool tuned);
// The bytes that a cell adds to a group around one frozen model: what it trains, with its gradient,
// the optimizer's moments and the best checkpoint; and the batch that it is tested with, whose
// decoder keeps keys and values, with what the passes of the test take. Those of the training do
// not grow with the group.
double group_bytes(const ModelSize& size, const RowLengths& lengths,
                   const EvaluateSettings& evaluate, double trained_parameters);
// Runs the model once over so many rows of these lengths.
double forward_seconds(const ModelSize& size, const RowLengths& lengths, double rows);

}  // namespace dovetail
