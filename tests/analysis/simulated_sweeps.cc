// SPDX-License-Identifier: Apache-2.0
#include "analysis/simulated_sweeps.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace dovetail::simulated {

double Draws::normal() {  // Box and Muller 1958
  const double radius = std::sqrt(-2 * std::log(1 - rng_.uniform()));
  return radius * std::cos(2 * std::numbers::pi * rng_.uniform());
}

double Draws::exponential() { return -std::log(1 - rng_.uniform()); }

double Draws::beta(double a, double b) {
  for (;;) {
    const double x = std::pow(rng_.uniform(), 1 / a), y = std::pow(rng_.uniform(), 1 / b);
    if (x + y <= 1 && x + y > 0) return x / (x + y);
  }
}

Sweep::Sweep(const Setting& setting, int64_t none) : setting_(setting) {
  results.plan.metrics = {"exact_match"};
  const std::vector<float> empty(static_cast<size_t>(setting.examples), 0.0F);
  for (int64_t task = 0; task < setting.tasks; ++task) {
    for (int64_t cell = 0; cell < setting.cells; ++cell) {
      for (int64_t seed = 0; seed < setting.seeds; ++seed) {
        results.add({cell < none ? "none" : "prefix_lm", "task" + std::to_string(task),
                     "c" + std::to_string(cell), "full", "all", std::to_string(seed + 1)},
                    empty, 1);
        keys_.push_back(results.plan.jobs.back().key);
      }
    }
  }
}

void Sweep::draw(Draws& draws, const std::vector<std::vector<double>>& lift) {
  constexpr size_t kChances = 200'000;
  while (chances_.size() < kChances) chances_.push_back(draws.beta(0.9, 2.1));
  size_t next = 0;
  std::vector<double> chance(static_cast<size_t>(setting_.examples));
  std::vector<double> shared(static_cast<size_t>(setting_.seeds));
  for (int64_t task = 0; task < setting_.tasks; ++task) {
    for (double& p : chance) p = chances_[draws.below(kChances)];
    for (double& moved : shared) moved = setting_.seed_sd * draws.normal();
    for (int64_t cell = 0; cell < setting_.cells; ++cell) {
      const double own =
          lift.empty() ? 0 : lift[static_cast<size_t>(task)][static_cast<size_t>(cell)];
      for (int64_t seed = 0; seed < setting_.seeds; ++seed) {
        const double luck =
            own + shared[static_cast<size_t>(seed)] + setting_.run_sd * draws.normal();
        Record& record = results.records.at(keys_[next++]);
        auto& scores = record.per_example["exact_match"];
        for (size_t i = 0; i < scores.size(); ++i)
          scores[i] = draws.uniform() < chance[i] + luck ? 1.0F : 0.0F;
      }
    }
  }
}

made_up::Results sweep_of_checkpoints(Draws& draws, int64_t tasks, int64_t replicates,
                                      double checkpoint_sd) {
  made_up::Results results;
  for (const char* objective : {"span_corruption", "prefix_lm"}) {
    for (int64_t seed = 0; seed < replicates; ++seed) {
      const int64_t run = results.add_upstream(JobKind::pretrain, objective, 1);
      const double luck = checkpoint_sd * draws.normal();
      for (int64_t task = 0; task < tasks; ++task) {
        const double score = 0.3 + luck + 0.035 * draws.normal();  // examples and runs
        results.add({objective, "task" + std::to_string(task), "mapping", "full", "all",
                     std::to_string(seed)},
                    std::vector<float>(2, static_cast<float>(score)), 1, "", "lexical", {run});
      }
    }
  }
  return results;
}

double mean_score(const Setting& setting, Draws& draws, int64_t count) {
  double sum = 0;
  for (int64_t i = 0; i < count; ++i) {
    const double luck = setting.run_sd * draws.normal() + setting.seed_sd * draws.normal();
    sum += std::clamp(draws.beta(0.9, 2.1) + luck, 0.0, 1.0);
  }
  return sum / static_cast<double>(count);
}

}  // namespace dovetail::simulated
