// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <numeric>

#include "analysis/decisions/decisions.h"
#include "analysis/decisions/regret.h"
#include "coverage.h"

namespace dovetail::simulated {

namespace {

// The mean score of a cell with this lift, over `chances` without it.
double lifted_score(const std::vector<double>& chances, double lift) {
  double sum = 0;
  for (const double chance : chances) sum += std::clamp(chance + lift, 0.0, 1.0);
  return sum / static_cast<double>(chances.size());
}

// A probe for each cell; returns the keys of their records.
std::vector<std::string> add_races(Sweep& sweep, const Setting& setting) {
  std::vector<std::string> keys;
  for (int64_t place = 0; place < setting.tasks * setting.cells; ++place) {
    Plan& plan = sweep.results.plan;
    plan.probes.push_back(
        sweep.results.add_planned({"prefix_lm", "task" + std::to_string(place / setting.cells),
                                   "c" + std::to_string(place % setting.cells), "", "", ""}));
    plan.cells.pop_back();
    keys.push_back(sweep.results.record_of(plan.probes.back().job).key);
  }
  return keys;
}

// The true score from a cell by chance to the best, over the tasks.
double loss_of_chance(const std::vector<std::vector<double>>& lift,
                      const std::vector<double>& chances) {
  double loss = 0;
  for (const auto& task : lift) {
    std::vector<double> truth;
    for (const double own : task) truth.push_back(lifted_score(chances, own));
    const double mean =
        std::accumulate(truth.begin(), truth.end(), 0.0) / static_cast<double>(truth.size());
    loss += (std::ranges::max(truth) - mean) / static_cast<double>(lift.size());
  }
  return loss;
}

std::map<std::string, double> mean_regrets(const Sweep& sweep,
                                           const std::vector<CellGroup>& groups) {
  std::map<std::string, double> regrets;
  const Plan& plan = sweep.results.plan;
  for (const SelectorResult& result :
       score_selectors(plan, groups, probes_of(plan, sweep.results.records))) {
    if (result.summary) regrets[result.selector->name] = result.summary->regret.estimate.mean;
  }
  return regrets;
}

}  // namespace

Claim claim_of(const std::string& better, const std::string& worse) {
  Claim claim;
  claim.name = better + " beats " + worse;
  claim.metrics = {"exact_match"};
  claim.pairs = {{{{{{"template", {better}}}}}, {{{{"template", {worse}}}}}, {}, {}}};
  return claim;
}

std::vector<ClaimResult> judged(const Sweep& sweep, const std::vector<CellGroup>& groups,
                                const std::vector<Claim>& claims) {
  Plan plan = sweep.results.plan;
  plan.claims = claims;
  return judge_claims(plan, groups);
}

// The best of 22 cells against the best of four that start from random weights.
std::vector<Json> selection(const Setting& setting, uint64_t seed) {
  Draws draws(seed);
  Sweep sweep(setting, 4);
  const double truth = mean_score(setting, draws);
  const auto groups = group_cells(sweep.results.plan, sweep.results.records);
  double error = 0, measured = 0;
  int gains = 0, stars = 0;
  constexpr int kRepeats = 600;
  for (int repeat = 0; repeat < kRepeats; ++repeat) {
    sweep.draw(draws);
    const Decision decision = decide(sweep.results.plan, groups, sweep.results.records).at(0);
    error += (decision.honest_score.mean - truth) / kRepeats;
    measured += (decision.recommended.score.mean - truth) / kRepeats;
    gains += find_comparison(decision, "random_start")->better();
    stars += decision.differ.differ();
  }
  return {{{"what", "best_of_22"},
           {"run_sd", setting.run_sd},
           {"seeds", setting.seeds},
           {"examples", setting.examples},
           {"score_to_expect_minus_truth", error},
           {"measured_minus_truth", measured},
           {"false_gain", gains / static_cast<double>(kRepeats)},
           {"cells_differ", stars / static_cast<double>(kRepeats)}}};
}

// A family of 21 claims of which none is true, each about cells of its own, on nine tasks.
std::vector<Json> null_claims(const Setting& setting, uint64_t seed) {
  Draws draws(seed);
  Sweep sweep(setting);
  const auto groups = group_cells(sweep.results.plan, sweep.results.records);
  std::vector<Claim> claims;
  for (int64_t c = 0; c < setting.cells; c += 2)
    claims.push_back(claim_of("c" + std::to_string(c), "c" + std::to_string(c + 1)));
  int any_wrong = 0;
  constexpr int kRepeats = 400;
  for (int repeat = 0; repeat < kRepeats; ++repeat) {
    std::vector<std::vector<double>> lift(static_cast<size_t>(setting.tasks));
    for (auto& task : lift) {
      for (int64_t c = 0; c < setting.cells; ++c) task.push_back(0.1 + 0.03 * draws.normal());
    }
    sweep.draw(draws, lift);
    const auto results = judged(sweep, groups, claims);
    any_wrong += std::ranges::any_of(results, [](const ClaimResult& result) {
      return result.verdict == ClaimVerdict::holds || result.verdict == ClaimVerdict::does_not_hold;
    });
  }
  return {{{"what", "null_claims"},
           {"run_sd", setting.run_sd},
           {"seeds", setting.seeds},
           {"examples", setting.examples},
           {"tasks", setting.tasks},
           {"claims", std::ssize(claims)},
           {"any_wrong", any_wrong / static_cast<double>(kRepeats)}}};
}

// A claim that one objective is better than another, where neither is and each run of pre-training
// has its luck.
std::vector<Json> checkpoints(int64_t tasks, int64_t replicates, double sd, uint64_t seed) {
  Draws draws(seed);
  Claim claim = claim_of("", "");
  claim.pairs[0].better.alternatives = {{{"objective", {"span_corruption"}}}};
  claim.pairs[0].worse.alternatives = {{{"objective", {"prefix_lm"}}}};
  claim.metrics = {"rouge_l"};
  int wrong = 0;
  constexpr int kRepeats = 2000;
  for (int repeat = 0; repeat < kRepeats; ++repeat) {
    const made_up::Results results = sweep_of_checkpoints(draws, tasks, replicates, sd);
    Plan plan = results.plan;
    plan.claims = {claim};
    const auto groups = group_cells(plan, results.records);
    wrong += judge_claims(plan, groups)[0].verdict != ClaimVerdict::undecided;
  }
  return {{{"what", "checkpoints"},
           {"checkpoint_sd", sd},
           {"replicates", replicates},
           {"tasks", tasks},
           {"wrong", wrong / static_cast<double>(kRepeats)}}};
}

std::vector<Json> regrets(const Setting& setting, double cells_sd, uint64_t seed) {
  Draws draws(seed);
  Sweep sweep(setting);
  const std::vector<std::string> probes = add_races(sweep, setting);
  const auto groups = group_cells(sweep.results.plan, sweep.results.records);
  std::vector<double> chances(2000);
  for (double& chance : chances) chance = draws.beta(0.9, 2.1);
  double oracle = 0, chance = 0;
  constexpr int kRepeats = 400;
  for (int repeat = 0; repeat < kRepeats; ++repeat) {
    std::vector<std::vector<double>> lift(static_cast<size_t>(setting.tasks));
    for (size_t place = 0; place < probes.size(); ++place) {
      auto& task = lift[place / static_cast<size_t>(setting.cells)];
      task.push_back(0.1 + cells_sd * draws.normal());
      const double race = task.back() + 1e-6 * draws.normal();  // equal ones by chance
      sweep.results.records.at(probes[place]).per_example["race_score"] = {
          static_cast<float>(race)};
    }
    sweep.draw(draws, lift);
    const auto regrets = mean_regrets(sweep, groups);
    oracle += regrets.at("racing") / kRepeats;
    chance += (regrets.at("random_choice") - loss_of_chance(lift, chances)) / kRepeats;
  }
  return {{{"what", "regret"},
           {"cells_sd", cells_sd},
           {"run_sd", setting.run_sd},
           {"seeds", setting.seeds},
           {"examples", setting.examples},
           {"tasks", setting.tasks},
           {"of_the_best", oracle},
           {"of_chance_minus_truth", chance}}};
}

}  // namespace dovetail::simulated
