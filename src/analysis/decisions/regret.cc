// SPDX-License-Identifier: Apache-2.0
#include "analysis/decisions/regret.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "analysis/decisions/claim_scores.h"
#include "analysis/decisions/situations.h"

namespace dovetail {

namespace {

bool allows(const std::string& chosen, const std::string& label) {
  return chosen.empty() || chosen == label;
}

bool names(const Candidate& choice, const Candidate& cell) {
  return allows(choice.objective, cell.objective) && allows(choice.adaptation, cell.adaptation) &&
         allows(choice.template_name, cell.template_name);
}

// A situation with the best cells, which every choice there is measured against.
struct ScoredSituation {
  const Situation& at;
  const Bootstrap& bootstrap;
  Scores best;
  std::vector<double> best_resampled;
  size_t winner = 0;

  ScoredSituation(const Situation& situation, const Bootstrap& resamples,
                  const DecisionOptions& options)
      : at(situation), bootstrap(resamples) {
    best = cross_fit(at.scores, options.cross_fit).scores;
    best_resampled = bootstrap.resampled_means(best);
    for (size_t c = 1; c < at.scores.size(); ++c) {
      if (at.scores[c].mean() > at.scores[winner].mean()) winner = c;
    }
  }
};

// A task's regrets, before they are averaged over its cases.
struct TaskRegret {
  std::vector<double> means;  // by case
  std::vector<std::vector<double>> resampled;
};

Estimate interval(double mean, std::vector<double> resampled, const ScoredSituation& of,
                  const BootstrapOptions& options) {
  std::sort(resampled.begin(), resampled.end());
  const double tail = (1 - options.confidence) / 2;
  return {mean, quantile(resampled, tail), quantile(resampled, 1 - tail), of.best.num_items(),
          std::ssize(of.best.seeds)};
}

// Scores the choice. Returns false if it names no cells of the sweep, or cells without a common
// seed.
bool score(const ScoredSituation& of, SelectorCase& found, TaskRegret& regret,
           const BootstrapOptions& options) {
  std::vector<Scores> chosen;
  for (size_t c = 0; c < of.at.candidates.size(); ++c) {
    if (!names(found.selection.choice, of.at.candidates[c])) continue;
    chosen.push_back(of.at.scores[c]);
    found.is_best = c == of.winner;
  }
  found.is_best = found.is_best && chosen.size() == 1;
  if (chosen.empty()) return false;
  const Scores mean = mean_of(chosen);
  if (mean.rows.empty()) return false;
  found.best = of.at.candidates[of.winner];
  found.score = of.bootstrap.mean(mean);
  found.best_score = of.best.mean();
  std::vector<double> resampled = of.best_resampled;
  const std::vector<double> own = of.bootstrap.resampled_means(mean);
  for (size_t r = 0; r < resampled.size(); ++r) resampled[r] -= own[r];
  const double lost = found.best_score - found.score.mean;
  found.regret = interval(lost, resampled, of, options);
  regret.means.push_back(lost);
  regret.resampled.push_back(std::move(resampled));
  return true;
}

// Without the traits of its labels a plan cannot tell which choice fits a kind of task.
Selection select_by(const Selector& selector, const SelectorContext& context) {
  if (context.traits.empty())
    return no_choice("plan.json was written by an older version; run `dovetail run SWEEP` again");
  return selector.choose(context);
}

SelectorCase choose_and_score(const ScoredSituation& here, const Selector& selector,
                              const SelectorContext& context, TaskRegret& regret) {
  const Situation& at = here.at;
  SelectorCase found;
  found.task = at.task;
  found.train_size = at.train_size;
  found.tuning = at.tuning;
  found.metric = at.metric;
  found.selection = select_by(selector, context);
  if (found.selection.absent.empty() && !score(here, found, regret, context.bootstrap)) {
    found.selection.absent = "it names " + choice_text(found.selection.choice) +
                             ", which the sweep has not finished here";
  }
  return found;
}

// By index of the case, so that two selectors are compared on the cases that both have.
using Regrets = std::map<size_t, TaskRegret>;

// Averages of the cases by task. If `minus` is given, each case is the other selector's regret
// minus this one's.
std::vector<TaskParts> by_task(const std::vector<SelectorCase>& cases, const Regrets& regrets,
                               const Regrets* minus) {
  std::map<std::string, std::pair<TaskParts, double>> tasks;
  for (const auto& [place, regret] : regrets) {
    if (minus && !minus->contains(place)) continue;
    auto& [parts, count] = tasks[cases[place].task];
    const TaskRegret* other = minus ? &minus->at(place) : nullptr;
    if (count == 0) parts = {{0.0}, {std::vector<double>(regret.resampled[0].size(), 0.0)}};
    ++count;
    parts.means[0] += other ? other->means[0] - regret.means[0] : regret.means[0];
    for (size_t r = 0; r < parts.resampled[0].size(); ++r) {
      parts.resampled[0][r] +=
          other ? other->resampled[0][r] - regret.resampled[0][r] : regret.resampled[0][r];
    }
  }
  std::vector<TaskParts> all;
  for (auto& [task, sums] : tasks) {
    auto& [parts, count] = sums;
    parts.means[0] /= count;
    for (double& value : parts.resampled[0]) value /= count;
    all.push_back(std::move(parts));
  }
  return all;
}

double first_part(const std::vector<double>& parts) { return parts[0]; }

double mean_over_tasks(const std::vector<SelectorCase>& cases, const Regrets& regrets,
                       double (*value)(const SelectorCase&)) {
  std::map<std::string, std::pair<double, double>> tasks;
  for (const auto& [place, regret] : regrets) {
    auto& [sum, count] = tasks[cases[place].task];
    sum += value(cases[place]);
    ++count;
  }
  double mean = 0;
  for (const auto& [task, sum] : tasks)
    mean += sum.first / sum.second / static_cast<double>(tasks.size());
  return mean;
}

void summarise(SelectorResult& result, const Regrets& own,
               const std::map<std::string, Regrets>& baselines,
               const std::vector<Situation>& situations, const BootstrapOptions& options) {
  if (own.empty()) return;
  SelectorSummary& summary = result.summary.emplace();
  summary.regret = pool(by_task(result.cases, own, nullptr), first_part, 0, options);
  summary.score =
      mean_over_tasks(result.cases, own, [](const SelectorCase& c) { return c.score.mean; });
  summary.best_score =
      mean_over_tasks(result.cases, own, [](const SelectorCase& c) { return c.best_score; });
  summary.examples = mean_over_tasks(result.cases, own, [](const SelectorCase& c) {
    return static_cast<double>(c.selection.examples);
  });
  for (const auto& [name, regrets] : baselines) {
    const std::vector<TaskParts> parts = by_task(result.cases, own, &regrets);
    if (name != result.selector->name && !parts.empty())
      summary.against[name] = pool(parts, first_part, 0, options);
  }
  for (const auto& [place, regret] : own) {
    ++summary.cases;
    summary.times_best += result.cases[place].is_best;
    summary.chance_of_best += 1 / static_cast<double>(situations[place].candidates.size());
  }
  summary.chance_of_best /= static_cast<double>(summary.cases);
}

}  // namespace

std::vector<SelectorResult> score_selectors(const Plan& plan, const std::vector<CellGroup>& groups,
                                            const std::vector<Probe>& probes,
                                            const DecisionOptions& options) {
  const std::vector<Situation> situations = situations_of(plan, groups, options);
  std::vector<SelectorResult> results;
  if (situations.empty()) return results;
  std::map<int64_t, Bootstrap> bootstraps;
  std::map<std::string, Regrets> all;
  for (const Selector& selector : selectors()) results.push_back({&selector, {}, {}});
  for (size_t i = 0; i < situations.size(); ++i) {
    const int64_t items = situations[i].scores[0].num_items();
    const ScoredSituation here(
        situations[i], bootstraps.try_emplace(items, items, options.bootstrap).first->second,
        options);
    const SelectorContext context = context_of(situations[i], situations, plan, probes, options);
    for (SelectorResult& result : results) {
      TaskRegret regret;
      result.cases.push_back(choose_and_score(here, *result.selector, context, regret));
      if (!regret.means.empty()) all[result.selector->name][i] = std::move(regret);
    }
  }
  std::map<std::string, Regrets> baselines;
  for (const Selector& selector : selectors()) {
    if (selector.baseline) baselines[selector.name] = all[selector.name];
  }
  for (SelectorResult& result : results) {
    summarise(result, all[result.selector->name], baselines, situations, options.bootstrap);
  }
  return results;
}

std::vector<NamedSelection> select_for_unseen(const Plan& plan,
                                              const std::vector<CellGroup>& groups,
                                              const std::vector<Probe>& swept_probes,
                                              const UnseenCase& unseen,
                                              const DecisionOptions& options) {
  const std::vector<Situation> situations = situations_of(plan, groups, options);
  Situation here;
  here.task = unseen.label;
  here.train_size = unseen.train_size;
  here.tuning = unseen.tuning;
  for (const CellGroup& group : groups) {
    const Candidate candidate{group.objective, group.adaptation, group.template_name};
    const bool wanted = group.baseline.empty() && group.train_size == unseen.train_size &&
                        group.tuning == unseen.tuning;
    if (wanted && std::find(here.candidates.begin(), here.candidates.end(), candidate) ==
                      here.candidates.end()) {
      here.candidates.push_back(candidate);
    }
  }
  std::vector<NamedSelection> all;
  if (here.candidates.empty()) return all;
  SelectorContext context = context_of(here, situations, plan, swept_probes, options);
  context.probes = unseen.probes;
  context.facts = unseen.facts.is_object() ? unseen.facts : Json::object();
  for (const Selector& selector : selectors())
    all.push_back({&selector, select_by(selector, context)});
  return all;
}

}  // namespace dovetail
