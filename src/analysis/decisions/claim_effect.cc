// SPDX-License-Identifier: Apache-2.0
#include "analysis/decisions/claim_effect.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace dovetail {

namespace {

constexpr const char* kExamplesAndRuns = "examples and runs";
constexpr const char* kExamples = "examples";
constexpr double kMany = 1e6;  // degrees of freedom

double ratio_to(double gain, double base) {
  // A base of 0 has no shares. The ratio is then a large finite number.
  if (base > 0) return gain / base;
  return gain == 0 ? 0.0 : gain > 0 ? 1e9 : -1e9;
}

// values[seed][example]: the effect of each example alone.
using Effects = std::vector<std::vector<double>>;

Effects effects_by_example(const TaskSums& sums, const SideMeans& slopes) {
  Effects effects;
  for (size_t k = 0; k < kSides; ++k) {
    if (slopes[k] == 0) continue;
    const Scores side = sums.side(k);
    effects.resize(side.rows.size(), std::vector<double>(static_cast<size_t>(side.num_items())));
    for (size_t s = 0; s < effects.size(); ++s) {
      for (size_t i = 0; i < effects[s].size(); ++i)
        effects[s][i] += slopes[k] * static_cast<double>(side.rows[s][i]);
    }
  }
  return effects;
}

// The part of a mean's variance that comes from the examples alone: their mean square less that of
// the runs by examples, which the noise of the runs holds already.
double variance_of_examples(const Effects& effects) {
  const double seeds = static_cast<double>(effects.size());
  const double items = effects.empty() ? 0 : static_cast<double>(effects[0].size());
  if (items < 2) return 0;
  std::vector<double> by_item(effects[0].size(), 0.0), by_seed;
  for (const auto& row : effects) {
    by_seed.push_back(std::accumulate(row.begin(), row.end(), 0.0) / items);
    for (size_t i = 0; i < row.size(); ++i) by_item[i] += row[i] / seeds;
  }
  const double all = std::accumulate(by_item.begin(), by_item.end(), 0.0) / items;
  double between = 0, residual = 0;
  for (size_t i = 0; i < by_item.size(); ++i) {
    between += seeds * (by_item[i] - all) * (by_item[i] - all) / (items - 1);
    for (size_t s = 0; s < effects.size(); ++s) {
      const double left = effects[s][i] - by_seed[s] - by_item[i] + all;
      if (seeds > 1) residual += left * left / ((items - 1) * (seeds - 1));
    }
  }
  return std::max(0.0, between - residual) / (seeds * items);
}

// Satterthwaite 1946: the degrees of freedom of a sum of variances.
struct VarianceSum {
  double variance = 0, squares_by_degrees = 0;

  void add(double part, double degrees) {
    variance += part;
    if (part > 0) squares_by_degrees += part * part / degrees;
  }
  Spread spread(std::string of) const {
    const double degrees =
        squares_by_degrees > 0 ? variance * variance / squares_by_degrees : kMany;
    return {std::move(of), std::sqrt(variance), std::max(1.0, degrees)};
  }
};

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

RunNoise ClaimEffect::own_noise(const TaskEvidence& task, const SideMeans& slopes) const {
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
  if (degrees == 0) return {};
  return {squares / degrees / runs, degrees};
}

RunNoise ClaimEffect::noise_of_runs(const TaskEvidence& task, const SideMeans& slopes,
                                    RunNoises& noises) const {
  // Two metrics of the same runs share most of their noise.
  if (has_own_metrics(claim_)) return own_noise(task, slopes);
  std::map<const RunNoise*, double> parts;  // a noise is pooled over cells: it counts once
  const auto seeds = static_cast<double>(task.sums.num_seeds());
  for (const auto& [cell, weights] : task.weights) {
    const RunNoise& noise = noises.of(*cell, metric_);
    if (noise.degrees == 0) return own_noise(task, slopes);
    const double slope = std::inner_product(weights.begin(), weights.end(), slopes.begin(), 0.0);
    parts[&noise] += slope * slope * noise.variance / seeds;
  }
  VarianceSum sum;
  for (const auto& [noise, variance] : parts) sum.add(variance, noise->degrees);
  return {sum.variance, sum.spread("").degrees};
}

Spread ClaimEffect::within_task(const TaskEvidence& task, const SideMeans& at,
                                RunNoises& noises) const {
  const SideMeans slope = slopes(at);
  const RunNoise runs = noise_of_runs(task, slope, noises);
  VarianceSum sum;
  if (runs.degrees > 0) sum.add(runs.variance, runs.degrees);
  sum.add(variance_of_examples(effects_by_example(task.sums, slope)),
          static_cast<double>(std::max<int64_t>(2, task.sums.num_items())) - 1);
  return sum.spread(runs.degrees > 0 ? kExamplesAndRuns : kExamples);
}

EffectTest ClaimEffect::on_task(const TaskEvidence& task, RunNoises& noises) const {
  const SideMeans means = means_of(task.sums, differences_ ? 4 : 2);
  return {of(means), {within_task(task, means, noises)}};
}

// The effects of the seeds on one task, averaged by run.
std::map<size_t, double> ClaimEffect::by_run(const TaskEvidence& task, const SideMeans& at,
                                             const std::map<std::string, size_t>& runs) const {
  const Effects effects = effects_by_example(task.sums, slopes(at));
  const std::vector<std::string> seeds = task.sums.side(0).seeds;
  std::map<size_t, std::pair<double, double>> sums;  // and counts
  for (size_t s = 0; s < std::min(effects.size(), seeds.size()); ++s) {
    const auto run = runs.find(seeds[s]);
    if (run == runs.end()) continue;
    auto& [sum, count] = sums[run->second];
    sum += std::accumulate(effects[s].begin(), effects[s].end(), 0.0) /
           static_cast<double>(effects[s].size());
    ++count;
  }
  std::map<size_t, double> means;
  for (const auto& [run, sum] : sums) means[run] = sum.first / sum.second;
  return means;
}

Spread ClaimEffect::of_runs(const Tasks& tasks, const SideMeans& at,
                            const std::map<std::string, size_t>& runs) const {
  std::map<size_t, std::map<std::string, double>> effects;
  double examples = 0;
  const double share = 1 / static_cast<double>(tasks.size());
  for (const auto& [name, task] : tasks) {
    for (const auto& [run, effect] : by_run(task, at, runs)) effects[run][name] = effect;
    examples += share * share * variance_of_examples(effects_by_example(task.sums, slopes(at)));
  }
  if (effects.size() < 2) return {};
  const Spread between = spread_of(means_by_run(effects), "pre-training runs");
  if (tasks.size() >= kFewestTasksDrawn) return between;
  VarianceSum sum;  // the examples are the same for all runs
  sum.add(std::pow(between.standard_error, 2), between.degrees);
  sum.add(examples, kMany);
  return sum.spread(between.of);
}

EffectTest ClaimEffect::over_tasks(const Tasks& tasks, RunNoises& noises,
                                   const std::map<std::string, size_t>& runs) const {
  const size_t num_sides = differences_ ? 4 : 2;
  const SideMeans at = mean_over_tasks(tasks, num_sides);
  const double share = 1 / static_cast<double>(tasks.size());
  std::vector<double> effects;
  VarianceSum within;
  bool runs_known = true;
  for (const auto& [name, task] : tasks) {
    effects.push_back(linear(means_of(task.sums, num_sides), at));
    const Spread own = within_task(task, at, noises);
    within.add(std::pow(share * own.standard_error, 2), own.degrees);
    runs_known = runs_known && own.of == kExamplesAndRuns;
  }
  EffectTest test{of(at), {}};
  if (tasks.size() >= kFewestTasksDrawn) {
    test.spreads = {spread_of(effects, "tasks"), skewed_spread_of(effects, "tasks")};
  } else {
    test.spreads = {within.spread(runs_known ? kExamplesAndRuns : kExamples)};
  }
  Spread between_runs = of_runs(tasks, at, runs);
  if (!between_runs.of.empty()) test.spreads.push_back(std::move(between_runs));
  return test;
}

}  // namespace dovetail
