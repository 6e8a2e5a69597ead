// SPDX-License-Identifier: Apache-2.0
#include "jobs/validation_rounds.h"

#include <deque>

#include "base/run_guarded.h"
#include "jobs/evaluate.h"
#include "jobs/test_pass.h"
#include "jobs/training_subset.h"
#include "jobs/tune_cell.h"
#include "training/shared_step.h"

namespace dovetail {

namespace {

bool passes_may_be_shared(TuneCell& cell) {
  return dovetail::passes_may_be_shared({cell.training, cell.state, cell.outcome});
}

// A score of answers needs cells that may be tested together, too.
bool may_be_measured_together(const TuneCell& a, const TuneCell& b) {
  if (!may_share(a.backbone.model, b.backbone.model)) return false;
  if (!a.chooses_by_answers() && !b.chooses_by_answers()) return true;
  return Json(a.choosing_evaluation()) == Json(b.choosing_evaluation()) &&
         may_be_tested_together(a.context(), b.context());
}

std::vector<double> scores_of(const std::vector<TuneCell*>& cells) {
  std::vector<Record> scored(cells.size());
  std::vector<CellTest> tests;
  for (size_t i = 0; i < cells.size(); ++i) {
    TuneCell& cell = *cells[i];
    tests.push_back(cell.test_on(validation_examples_of(*cell.task, cell.subset), scored[i]));
  }
  evaluate_group(tests, cells.front()->choosing_evaluation());
  std::vector<double> scores;
  for (size_t i = 0; i < cells.size(); ++i) scores.push_back(cells[i]->score_in(scored[i]));
  return scores;
}

}  // namespace

std::vector<TuneCell*> ValidationRounds::due_with(const TuneCell& cell, int64_t step) const {
  std::vector<TuneCell*> due;
  for (TuneCell* other : cells_) {
    if (other == &cell || (other->is_watched_after(step) && passes_may_be_shared(*other) &&
                           may_be_measured_together(cell, *other)))
      due.push_back(other);
  }
  return due;
}

void ValidationRounds::measure(const std::vector<TuneCell*>& cells) {
  std::deque<AveragedWeights> averaged;  // which do not move
  std::vector<LossRows> rows;
  for (TuneCell* cell : cells) {
    averaged.emplace_back(cell->state.average.get());
    rows.push_back(cell->loss_rows());
  }
  const std::vector<double> losses = mean_losses(rows);
  std::vector<double> scores;
  if (cells.front()->chooses_by_answers()) scores = scores_of(cells);
  for (size_t i = 0; i < cells.size(); ++i) {
    ValidationPoint& point = points_[cells[i]] = {losses[i], {}};
    if (cells[i]->settings.choice.best_checkpoint)
      point.score = scores.empty() ? -losses[i] : scores[i];
  }
}

ValidationPoint ValidationRounds::point(TuneCell& cell, int64_t step) {
  if (!points_.contains(&cell)) {
    const std::vector<TuneCell*> due = due_with(cell, step);
    const bool together =
        due.size() > 1 && passes_may_be_shared(cell) && run_guarded([&] { measure(due); }).empty();
    if (!together) return cell.validation_point();
  }
  const ValidationPoint found = points_.at(&cell);
  points_.erase(&cell);
  return found;
}

void train_together(const std::vector<TuneCell*>& cells) {
  ValidationRounds rounds(cells);
  std::vector<TrainingRun> runs;
  for (TuneCell* cell : cells) {
    if (cells.size() > 1) cell->rounds = &rounds;
    runs.push_back({cell->training, cell->state, cell->outcome});
  }
  train(runs);
  for (TuneCell* cell : cells) cell->rounds = nullptr;
}

}  // namespace dovetail
