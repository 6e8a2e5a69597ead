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

// Trains at one rate; returns its score, or nothing where training failed.
std::optional<double> score_at(TuneCell& cell, Json& tried) {
  train(cell.training, cell.state, cell.outcome);
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
  std::unique_ptr<TuneCell> best;
  double best_score = 0;
  Cost searched;
  Json tried = Json::array();
  for (const double rate : cell.tune.choice.learning_rates) {
    TuneJob at_rate = cell;
    at_rate.tune.optimizer.learning_rate = rate;
    auto one = std::make_unique<TuneCell>(job, at_rate, task, artefacts, all_reduce);
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
