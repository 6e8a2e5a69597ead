// SPDX-License-Identifier: Apache-2.0
// How often the intervals of the report hold the truth, and how often its verdicts are wrong, on
// simulated sweeps whose truth is known. Prints the tables of docs/statistics.md; with --json a
// line a setting. Seeded: the same build prints the same numbers.
//
//   jobs/build coverage && build/bench/coverage          # some minutes on two cores
//   build/bench/coverage --json pooled_claim             # one kind alone
#include <fmt/format.h>

#include <cmath>
#include <functional>
#include <future>
#include <iostream>
#include <nlohmann/json.hpp>
#include <span>
#include <string_view>

#include "analysis/decisions/decisions.h"
#include "analysis/decisions/verdicts.h"
#include "analysis/simulated_sweeps.h"
#include "analysis/statistics/pooling.h"
#include "analysis/statistics/task_runs.h"

namespace dovetail::simulated {
namespace {

using Json = nlohmann::ordered_json;

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

Claim claim_of(const std::string& better, const std::string& worse, AxisLabels where = {}) {
  Claim claim;
  claim.name = better + " beats " + worse;
  claim.metrics = {"exact_match"};
  claim.pairs = {{{{{{"template", {better}}}}}, {{{{"template", {worse}}}}}, where, {}}};
  return claim;
}

std::vector<ClaimResult> judged(const Sweep& sweep, const std::vector<CellGroup>& groups,
                                const std::vector<Claim>& claims) {
  Plan plan = sweep.results.plan;
  plan.claims = claims;
  return judge_claims(plan, groups);
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

enum class Tasks { alike, differ, skewed };

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

// The mean of the differences on tasks that are drawn from many, as regrets are pooled.
std::vector<Json> pooled_tasks(const Setting& setting, Tasks kind, uint64_t seed) {
  Draws draws(seed);
  Sweep sweep(setting);
  const auto groups = group_cells(sweep.results.plan, sweep.results.records);
  Counter pooled;
  for (int repeat = 0; repeat < 2000; ++repeat) {
    sweep.draw(draws, effects_of_tasks(setting, kind, draws));
    TaskRuns runs(groups);
    std::vector<Estimate> tasks;
    for (size_t c = 0; c + 1 < groups.size(); c += 2) {
      const Scores a = scores_of(groups[c], "exact_match");
      const Scores b = scores_of(groups[c + 1], "exact_match");
      tasks.push_back(difference_estimate({a, runs_of(groups[c])}, {b, runs_of(groups[c + 1])},
                                          runs.at(groups[c], "exact_match")));
    }
    pooled.add(pool_estimates(tasks).estimate, 0);
  }
  return {line_of(named("pooled_tasks", kind).c_str(), setting, pooled)};
}

// A claim over tasks that are drawn from many, with effects of SD 0.05.
std::vector<Json> pooled_claim(const Setting& setting, Tasks kind, uint64_t seed) {
  Draws draws(seed);
  Sweep sweep(setting);
  const auto groups = group_cells(sweep.results.plan, sweep.results.records);
  Counter pooled;
  for (int repeat = 0; repeat < 1200; ++repeat) {
    sweep.draw(draws, effects_of_tasks(setting, kind, draws));
    pooled.add(judged(sweep, groups, {claim_of("c0", "c1")})[0].effect.estimate, 0);
  }
  return {line_of(named("pooled_claim", kind).c_str(), setting, pooled)};
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

struct Work {
  std::string what;
  std::function<std::vector<Json>()> run;
};

std::vector<Work> all_work() {
  std::vector<Work> all;
  uint64_t seed = 20261129;
  const auto add = [&](const char* what, auto function, const Setting& setting) {
    all.push_back({what, [=, own = ++seed] { return function(setting, own); }});
  };
  for (const double run_sd : {0.0, 0.02, 0.05}) {
    for (const int64_t seeds : {2, 3, 5}) {
      for (const int64_t examples : {100, 300, 1000}) {
        const Setting setting{.run_sd = run_sd, .seeds = seeds, .examples = examples};
        add("cells", cells_of_one_task, setting);
        Setting moved = setting;
        moved.seed_sd = 0.03;
        if (examples == 300) add("cells", cells_of_one_task, moved);
        add("effect_by_task", effects_by_task, setting);
        for (const int64_t tasks : {5, 9, 15}) {
          Setting pooled = setting;
          pooled.tasks = tasks;
          pooled.cells = 2;
          for (const Tasks kind : {Tasks::alike, Tasks::differ, Tasks::skewed}) {
            all.push_back(
                {"pooled_claim", [=, own = ++seed] { return pooled_claim(pooled, kind, own); }});
            all.push_back(
                {"pooled_tasks", [=, own = ++seed] { return pooled_tasks(pooled, kind, own); }});
          }
        }
      }
      add("best_of_22", selection,
          {.run_sd = run_sd, .seeds = seeds, .examples = 300, .cells = 22});
    }
  }
  add("best_of_22", selection, {.run_sd = 0.05, .seeds = 1, .examples = 300, .cells = 22});
  for (const int64_t seeds : {2, 3}) {
    add("null_claims", null_claims,
        {.run_sd = 0.02, .seeds = seeds, .examples = 200, .tasks = 9, .cells = 42});
  }
  return all;
}

void print_plain(const Json& line) {
  std::string text;
  for (const auto& [key, value] : line.items()) {
    const std::string shown = value.is_number_float() ? fmt::format("{:.3f}", value.get<double>())
                              : value.is_string()     ? value.get<std::string>()
                                                      : value.dump();
    text += (text.empty() ? "" : " | ") + (key == "what" ? shown : key + " " + shown);
  }
  std::cout << text << "\n" << std::flush;
}

// Two at a time, printed in their order.
void run(bool as_json, const std::string& only) {
  std::vector<Work> work = all_work();
  std::erase_if(work, [&](const Work& one) { return !one.what.starts_with(only); });
  constexpr size_t kThreads = 2;
  std::vector<std::future<std::vector<Json>>> running;
  for (size_t next = 0, done = 0; done < work.size(); ++done) {
    for (; next < work.size() && next < done + kThreads; ++next)
      running.push_back(std::async(std::launch::async, work[next].run));
    for (const Json& line : running[done].get()) {
      if (as_json)
        std::cout << line.dump() << "\n" << std::flush;
      else
        print_plain(line);
    }
  }
}

}  // namespace
}  // namespace dovetail::simulated

int main(int argc, char** argv) {
  bool as_json = false;
  std::string only;  // cells, effect_by_task, pooled_claim, pooled_tasks, best_of_22 or null_claims
  for (const std::string_view argument : std::span(argv, static_cast<size_t>(argc)).subspan(1)) {
    if (argument == "--json")
      as_json = true;
    else
      only = argument;
  }
  dovetail::simulated::run(as_json, only);
}
