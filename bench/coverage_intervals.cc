// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "analysis/statistics/task_runs.h"
#include "coverage.h"

namespace dovetail::simulated {

namespace {

struct Counter {
  int64_t inside = 0, all = 0;
  double width = 0;

  void add(const Estimate& estimate, double truth) {
    inside += estimate.low <= truth && truth <= estimate.high;
    width += estimate.high - estimate.low;
    ++all;
  }
  double share() const { return static_cast<double>(inside) / static_cast<double>(all); }
};

Json line_of(const char* what, const Setting& setting, const Counter& counter) {
  return {{"what", what},
          {"run_sd", setting.run_sd},
          {"seeds", setting.seeds},
          {"examples", setting.examples},
          {"tasks", setting.tasks},
          {"coverage", counter.share()},
          {"width", counter.width / static_cast<double>(counter.all)},
          {"intervals", counter.all}};
}

std::vector<std::vector<double>> effects_of_tasks(const Setting& setting, Tasks kind,
                                                  Draws& draws) {
  std::vector<std::vector<double>> lift;
  for (int64_t task = 0; task < setting.tasks; ++task) {
    const double effect = kind == Tasks::alike    ? 0
                          : kind == Tasks::differ ? 0.05 * draws.normal()
                                                  : 0.05 * (draws.exponential() - 1);
    lift.push_back({0.1 + effect, 0.1});
  }
  return lift;
}

std::string named(const char* what, Tasks kind) {
  return what + std::string(kind == Tasks::alike    ? ", tasks alike"
                            : kind == Tasks::differ ? ""
                                                    : ", skewed effects");
}

}  // namespace

// Differences of two cells and scores of one, as decisions and heat maps have them.
std::vector<Json> cells_of_one_task(const Setting& setting, uint64_t seed) {
  Draws draws(seed);
  Sweep sweep(setting);
  const double truth = mean_score(setting, draws);
  const auto groups = group_cells(sweep.results.plan, sweep.results.records);
  Counter differences, scores;
  for (int repeat = 0; repeat < 1000; ++repeat) {
    sweep.draw(draws);
    TaskRuns runs(groups);
    const RunVariance& variance = runs.at(groups[0], "exact_match");
    for (size_t c = 0; c + 1 < groups.size(); c += 2) {
      const Scores a = scores_of(groups[c], "exact_match");
      const Scores b = scores_of(groups[c + 1], "exact_match");
      differences.add(
          difference_estimate({a, runs_of(groups[c])}, {b, runs_of(groups[c + 1])}, variance), 0);
      scores.add(mean_estimate(a, runs_of(groups[c]), variance), truth);
    }
  }
  std::vector<Json> lines;
  if (setting.seed_sd == 0) lines.push_back(line_of("decision", setting, differences));
  lines.push_back(
      line_of(setting.seed_sd == 0 ? "score" : "score, seeds move all cells", setting, scores));
  lines.back()["seed_sd"] = setting.seed_sd;
  return lines;
}

// The effect of a claim on each task, which has eight cells.
std::vector<Json> effects_by_task(const Setting& setting, uint64_t seed) {
  Draws draws(seed);
  Sweep sweep(setting);
  const auto groups = group_cells(sweep.results.plan, sweep.results.records);
  Counter effects;
  for (int repeat = 0; repeat < 1500; ++repeat) {
    sweep.draw(draws);
    for (const ClaimResult& result :
         judged(sweep, groups, {claim_of("c0", "c1"), claim_of("c2", "c3")})) {
      for (const ClaimOnTask& task : result.tasks) effects.add(task.effect, 0);
    }
  }
  return {line_of("effect_by_task", setting, effects)};
}

// A claim over tasks that are drawn from many, with effects of SD 0.05.
std::vector<Json> pooled_claim(const Setting& setting, Tasks kind, uint64_t seed) {
  Draws draws(seed);
  Sweep sweep(setting);
  const auto groups = group_cells(sweep.results.plan, sweep.results.records);
  Counter pooled;
  // Coverage of skewed effects is nearest to its bounds, and so is measured more closely.
  const int repeats = kind == Tasks::skewed ? 2400 : 1000;
  for (int repeat = 0; repeat < repeats; ++repeat) {
    sweep.draw(draws, effects_of_tasks(setting, kind, draws));
    pooled.add(judged(sweep, groups, {claim_of("c0", "c1")})[0].effect.estimate, 0);
  }
  return {line_of(named("pooled_claim", kind).c_str(), setting, pooled)};
}

}  // namespace dovetail::simulated
