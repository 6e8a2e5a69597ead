// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <vector>

#include "examples/subset.h"
#include "jobs/artefacts.h"
#include "jobs/backbone.h"
#include "jobs/best_checkpoint.h"
#include "jobs/epoch_batches.h"
#include "jobs/evaluate.h"
#include "jobs/example_encoder.h"
#include "jobs/self_trainer.h"
#include "jobs/side_losses.h"
#include "jobs/validation_rounds.h"
#include "metrics/training_outputs.h"
#include "plan/job.h"
#include "plan/record.h"
#include "training/gradient_all_reduce.h"
#include "training/training_loop.h"

namespace dovetail {

// The parameters with which a cell makes its tuning: DePT's positions are those of the cell's rows
// unless it says more. ConfigError where it says fewer.
Json tuning_parameters(const ChoiceSettings& choice, const TuneSettings& tune);

// Whether the tuning leaves the model's weights as they are: see TuningEntry.
bool keeps_weights(const ChoiceSettings& choice);

// The state of one cell while it trains. It is not movable, because its members refer to each
// other.
struct TuneCell {
  // `cell` are the settings of a tune job, or those of the cell of a probe job. `task` may differ
  // from the task that they name.
  TuneCell(const Job& job, const TuneJob& cell, std::shared_ptr<const TaskData> task,
           Artefacts& artefacts, GradientAllReduce* all_reduce);
  TuneCell(const TuneCell&) = delete;

  EvalContext context() const { return {backbone.model, *method, encoder}; }
  // The cell's part of a shared evaluation.
  CellTest test_on(std::vector<const Example*> examples, Record& record) {
    return {backbone.model, *method, encoder, std::move(examples), record, training_outputs.get()};
  }
  // The validation rows, as mean_loss takes them.
  LossRows loss_rows();
  // Whether a point of the validation curves is due after that many steps, in a training that goes
  // on.
  bool is_watched_after(int64_t step) const;
  // The point of the model as it is, measured for this cell alone.
  ValidationPoint validation_point();

  // Whether settings.choice is by a metric of answers; how these are made, and the score by it that
  // a record of them holds. ConfigError for a metric without evidence there.
  bool chooses_by_answers() const;
  EvaluateSettings choosing_evaluation() const;
  double score_in(const Record& scored) const;

  // The score of the model as it is on the validation examples by the metric of settings.choice; a
  // higher one is better, so a loss counts with a minus. In a data-parallel group the first rank
  // measures, and all get its score.
  double validation_score();
  // After the training: goes back to the best validation point, where settings.choice asks for it.
  void restore_best();
  // Scores the validation examples by all metrics of the cell into record.validation_scores.
  void record_validation(Record& record);

  TuneSettings settings;
  EvaluateSettings evaluate;
  uint64_t seed;
  std::shared_ptr<const TaskData> task;
  Backbone backbone;
  std::unique_ptr<const T5Model> base;  // as the cell starts, where its loss looks at it
  BoundTemplate tmpl;
  SoftTokenPlan soft_tokens;
  std::unique_ptr<TuningMethod> method;
  ExampleEncoder encoder;
  Subset subset;
  std::unique_ptr<const TrainingOutputs> training_outputs;  // where a metric asks for them
  RowCounts counts;                                         // of the training and validation rows
  RowCounts trained;                                        // of the training rows alone
  double output_share = 1;  // of the loss's weight, that outputs have in the first epoch
  std::vector<Sequence> validation;
  EpochBatches batches;
  ValidationRounds* rounds = nullptr;  // of cells that train side by side, where there are any
  Curve validation_loss;
  Curve validation_metric;  // of settings.choice, where it is not the loss
  BestCheckpoint best;
  std::unique_ptr<SelfTrainer> self_training;  // of a cell that learns from a pool, too
  EncoderOutputs encoder_outputs;
  TrainingTask training;
  TrainingState state;
  TrainingOutcome outcome;
  Cost searched;  // of the learning rates that were tried and not chosen
  std::unique_ptr<const SideLosses> side_losses;  // on the rank that writes results

 private:
  EpochBatches make_batches(const TuneJob& cell);
  void train_on_pool(const Job& job, const TuneJob& cell);
  double measured_score();
  void watch(int64_t step);
};

}  // namespace dovetail
