// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "plan/settings.h"
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

// Parameters of a T5 by the matrix products that use them.
struct ModelSize {
  double encoder = 0;  // all layers
  double decoder = 0;  // without the keys and values of cross-attention, which see the source
  double cross = 0;    // the keys and values of cross-attention
  double head = 0;     // vocabulary x d_model
  double inner = 0;    // heads x d_kv
  double encoder_layers = 0;
  double decoder_layers = 0;
  double vocabulary = 0;

  double weights() const { return encoder + decoder + cross + head; }
};
ModelSize model_size(const Json& config, int64_t vocabulary);

// FLOPs of a training step for one sequence, 2 a multiply-add, no recomputation:
//   6 (P_enc S_e + P_dec S_d + P_cross S_e + V d S_d) + 12 I (L_e S_e^2 + L_d (S_d^2 + S_d S_e));
// with a frozen backbone 4 in place of 6; forward alone is a third of the full step.
double train_flops(const ModelSize& size, double source_length, double target_length,
                   bool frozen = false);

// Mean numbers of ids of an example's row, </s> included.
struct RowLengths {
  double source = 0;
  double target = 0;
};
// Letters become ids by the size of the vocabulary: a byte each below 1,000 ids, else some three to
// four letters. A template adds a few ids; no text is longer than the limits; soft tokens are.
RowLengths row_lengths(const ModelSize& size, const TaskSize& task, const TuneSettings& limits,
                       int64_t soft_tokens = 0);

// Rows that a training set of this size gives.
double train_rows(const TrainSizeSettings& train, const TaskSize& task);

// Steps of tuning on so many rows.
double tune_steps(const TuneSettings& tune, double rows, const RowLengths& lengths);

// Seconds on one thread.
double tokenizer_seconds(const VocabularySettings& vocabulary);
double pretrain_seconds(const ModelSize& size, const PretrainSettings& pretrain);
// Without loading the model, which evaluate_seconds counts.
double tune_seconds(const ModelSize& size, const TuneSettings& tune, double rows,
                    const RowLengths& lengths, bool frozen);
// Loads the model and evaluates it: answers, the loss of the references, and, where a metric asks
// for it, the likelihood of every choice. A tuned model ends its answers, another one goes on to
// the limit.
double evaluate_seconds(const ModelSize& size, const RowLengths& lengths, const TaskSize& task,
                        const EvaluateSettings& evaluate, bool tuned);
// Runs the model once over so many rows of these lengths.
double forward_seconds(const ModelSize& size, const RowLengths& lengths, double rows);

}  // namespace dovetail
