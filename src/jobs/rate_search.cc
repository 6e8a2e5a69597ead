// SPDX-License-Identifier: Apache-2.0
#include "jobs/rate_search.h"

#include <cmath>
#include <optional>
#include <utility>

#include "jobs/training_subset.h"

namespace dovetail {

namespace {

// Adds what a training that is not chosen took.
void add_cost(const TuneCell& cell, Cost& sum) {
  sum.train_steps += cell.outcome.cost.train_steps;
  sum.train_tokens += cell.outcome.cost.train_tokens;
}

bool failed(const TuneCell& cell) { return !cell.outcome.failure.empty(); }

// The score of a cell that was trained at its rate, or nothing where training failed.
std::optional<double> score_at(TuneCell& cell, Json& tried) {
  tried.push_back({{"learning_rate", cell.settings.optimizer.learning_rate}});
  if (failed(cell)) {
    tried.back()["failure"] = cell.outcome.failure;
    return std::nullopt;
  }
  cell.restore_best();
  const double score = cell.validation_score();
  if (std::isnan(score)) {  // the last step broke the model
    cell.outcome.failure = "the validation score is no number";
    tried.back()["failure"] = cell.outcome.failure;
    return std::nullopt;
  }
  tried.back()["score"] = score;
  return score;
}

}  // namespace

std::unique_ptr<TuneCell> search_rates(const Job& job, const TuneJob& cell, Artefacts& artefacts,
                                       GradientAllReduce* all_reduce, Record& record) {
  const auto task = load_task(job, cell.task, artefacts);
  const auto cell_at = [&](double rate) {
    TuneJob at_rate = cell;
    at_rate.tune.optimizer.learning_rate = rate;
    return std::make_unique<TuneCell>(job, at_rate, task, artefacts, all_reduce);
  };
  const bool together = keeps_weights(cell.tuning);
  std::vector<std::unique_ptr<TuneCell>> cells;
  if (together) {
    std::vector<TuneCell*> untrained;
    for (const double rate : cell.tune.choice.learning_rates) {
      cells.push_back(cell_at(rate));
      untrained.push_back(cells.back().get());
    }
    train_together(untrained);
  }
  std::unique_ptr<TuneCell> best;
  double best_score = 0;
  Cost searched;
  Json tried = Json::array();
  const std::vector<double>& rates = cell.tune.choice.learning_rates;
  for (size_t i = 0; i < rates.size(); ++i) {
    std::unique_ptr<TuneCell> one = together ? std::move(cells[i]) : cell_at(rates[i]);
    if (!together) train(one->training, one->state, one->outcome);
    const std::optional<double> score = score_at(*one, tried);
    const bool better = !best || (score && (failed(*best) || *score > best_score));
    if (better) std::swap(best, one);
    if (better && score) best_score = *score;
    if (one) add_cost(*one, searched);
  }
  best->searched = searched;
  record.provenance["learning_rates"] = tried;
  return best;
}

}  // namespace dovetail
