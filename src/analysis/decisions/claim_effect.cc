// SPDX-License-Identifier: Apache-2.0
#include "analysis/decisions/claim_effect.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace dovetail {

namespace {

double ratio_to(double gain, double base) {
  // A base of 0 has no shares. The ratio is then a large finite number.
  if (base > 0) return gain / base;
  return gain == 0 ? 0.0 : gain > 0 ? 1e9 : -1e9;
}

// The effect of each example alone, seed by seed.
Scores effects_by_example(const TaskSums& sums, const SideMeans& slopes) {
  Scores effects;
  for (size_t k = 0; k < kSides; ++k) {
    if (slopes[k] == 0) continue;
    const Scores side = sums.side(k);
    effects.seeds = side.seeds;
    effects.rows.resize(side.rows.size(),
                        std::vector<float>(static_cast<size_t>(side.num_items())));
    for (size_t s = 0; s < effects.rows.size(); ++s) {
      for (size_t i = 0; i < effects.rows[s].size(); ++i)
        effects.rows[s][i] += static_cast<float>(slopes[k]) * side.rows[s][i];
    }
  }
  return effects;
}

// The effects of the seeds on one task, averaged by run of pre-training.
std::map<size_t, double> by_pretraining(const Scores& effects,
                                        const std::map<std::string, size_t>& pretraining) {
  std::map<size_t, std::pair<double, double>> sums;  // and counts
  for (size_t s = 0; s < effects.rows.size(); ++s) {
    const auto run = pretraining.find(effects.seeds[s]);
    if (run == pretraining.end()) continue;
    auto& [sum, count] = sums[run->second];
    sum += std::accumulate(effects.rows[s].begin(), effects.rows[s].end(), 0.0) /
           static_cast<double>(effects.rows[s].size());
    ++count;
  }
  std::map<size_t, double> means;
  for (const auto& [run, sum] : sums) means[run] = sum.first / sum.second;
  return means;
}

// The means of the runs' effects over the tasks, by run.
std::vector<double> means_by_run(const std::map<size_t, std::map<std::string, double>>& effects) {
  std::vector<double> means;
  for (const auto& [run, tasks] : effects) {
    double sum = 0;
    for (const auto& [task, effect] : tasks) sum += effect / static_cast<double>(tasks.size());
    means.push_back(sum);
  }
  return means;
}

bool has_own_metrics(const Claim& claim) {
  return std::any_of(claim.pairs.begin(), claim.pairs.end(), [](const ClaimPair& pair) {
    return !pair.better.metric.empty() || !pair.worse.metric.empty();
  });
}

}  // namespace

SideMeans means_of(const TaskSums& sums, size_t num_sides) {
  SideMeans means{};
  for (size_t k = 0; k < num_sides; ++k) means[k] = sums.side(k).mean();
  return means;
}

SideMeans mean_over_tasks(const std::map<std::string, TaskEvidence>& tasks, size_t num_sides) {
  SideMeans mean{};
  for (const auto& [name, task] : tasks) {
    const SideMeans own = means_of(task.sums, num_sides);
    for (size_t k = 0; k < kSides; ++k) mean[k] += own[k] / static_cast<double>(tasks.size());
  }
  return mean;
}

double ClaimEffect::of(const SideMeans& means) const {
  const double gain = sign_ * (means[0] - means[1]), reference = sign_ * (means[2] - means[3]);
  if (claim_.reduce == "gain") return differences_ ? gain - reference : gain;
  const double share = ratio_to(gain, means[1]);
  return differences_ ? share - ratio_to(reference, means[3]) : share;
}

SideMeans ClaimEffect::slopes(const SideMeans& means) const {
  SideMeans slopes{};
  for (size_t k = 0; k < (differences_ ? 4 : 2); k += 2) {
    const double direction = k == 0 ? sign_ : -sign_;
    slopes[k] = direction;
    slopes[k + 1] = -direction;
    if (claim_.reduce == "gain" || means[k + 1] <= 0) continue;
    slopes[k] = direction / means[k + 1];
    slopes[k + 1] = -direction * means[k] / (means[k + 1] * means[k + 1]);
  }
  return slopes;
}

double ClaimEffect::linear(const SideMeans& means, const SideMeans& at) const {
  const SideMeans slope = slopes(at);
  double effect = of(at);
  for (size_t k = 0; k < kSides; ++k) effect += slope[k] * (means[k] - at[k]);
  return effect;
}

// By the claim's own pairs alone.
Variance ClaimEffect::of_own_runs(const TaskEvidence& task, const SideMeans& slopes) const {
  double squares = 0, degrees = 0, runs = 0;
  for (const auto& comparison : task.sums.comparisons()) {
    std::vector<double> effects;
    for (const auto& [seed, means] : comparison)
      effects.push_back(std::inner_product(means.begin(), means.end(), slopes.begin(), 0.0));
    const double mean =
        std::accumulate(effects.begin(), effects.end(), 0.0) / static_cast<double>(effects.size());
    for (const double effect : effects) squares += (effect - mean) * (effect - mean);
    degrees += static_cast<double>(effects.size()) - 1;
    runs += static_cast<double>(effects.size());
  }
  return degrees == 0 ? Variance::unknown() : Variance::of(squares / degrees / runs, degrees);
}

Variance ClaimEffect::of_runs(const TaskEvidence& task, const SideMeans& slopes,
                              TaskRuns& runs) const {
  // Two metrics of the same runs share most of their noise.
  if (has_own_metrics(claim_)) return of_own_runs(task, slopes);
  std::vector<RunWeight> counted;
  for (const auto& [cell, weights] : task.weights) {
    const double slope = std::inner_product(weights.begin(), weights.end(), slopes.begin(), 0.0);
    for (const RunWeight& run : runs_of(*cell)) counted.push_back({run.block, run.weight * slope});
  }
  if (counted.empty()) return {};
  return runs.at(*task.weights.begin()->first, metric_).of_mean(counted, task.sums.num_seeds());
}

Variance ClaimEffect::within_task(const TaskEvidence& task, const SideMeans& at,
                                  TaskRuns& runs) const {
  const SideMeans slope = slopes(at);
  return of_runs(task, slope, runs) + example_variance(effects_by_example(task.sums, slope));
}

EffectTest ClaimEffect::on_task(const TaskEvidence& task, TaskRuns& runs) const {
  const SideMeans means = means_of(task.sums, differences_ ? 4 : 2);
  return {of(means), {within_spread(within_task(task, means, runs))}};
}

Spread ClaimEffect::of_pretraining(const Tasks& tasks, const SideMeans& at,
                                   const std::map<std::string, size_t>& pretraining) const {
  if (pretraining.empty()) return {};
  std::map<size_t, std::map<std::string, double>> effects;
  Variance examples;
  const double share = 1 / static_cast<double>(tasks.size());
  for (const auto& [name, task] : tasks) {
    const Scores by_example = effects_by_example(task.sums, slopes(at));
    for (const auto& [run, effect] : by_pretraining(by_example, pretraining))
      effects[run][name] = effect;
    examples = examples + example_variance(by_example) * share * share;
  }
  if (effects.size() < 2) return {};
  const Spread between = sample_spread(means_by_run(effects), "pre-training runs");
  if (tasks.size() >= kFewestTasks) return between;
  // the examples are the same for all runs
  const double square = between.standard_error * between.standard_error;
  return spread_of(Variance::of(square, between.degrees) + examples, between.of);
}

EffectTest ClaimEffect::over_tasks(const Tasks& tasks, TaskRuns& runs,
                                   const std::map<std::string, size_t>& pretraining) const {
  const size_t num_sides = differences_ ? 4 : 2;
  const SideMeans at = mean_over_tasks(tasks, num_sides);
  const double share = 1 / static_cast<double>(tasks.size());
  std::vector<double> effects;
  Variance within;
  for (const auto& [name, task] : tasks) {
    effects.push_back(linear(means_of(task.sums, num_sides), at));
    within = within + within_task(task, at, runs) * share * share;
  }
  EffectTest test{of(at), {spread_over_tasks(effects, within)}};
  Spread between = of_pretraining(tasks, at, pretraining);
  if (!between.of.empty()) test.spreads.push_back(std::move(between));
  return test;
}

}  // namespace dovetail
