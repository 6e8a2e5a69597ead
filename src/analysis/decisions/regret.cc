// SPDX-License-Identifier: Apache-2.0
#include "analysis/decisions/regret.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <set>

#include "analysis/decisions/claim_scores.h"
#include "analysis/decisions/selector_summary.h"
#include "analysis/decisions/situations.h"
#include "analysis/statistics/expected_best.h"
#include "analysis/statistics/task_runs.h"

namespace dovetail {

namespace {

bool allows(const std::string& chosen, const std::string& label) {
  return chosen.empty() || chosen == label;
}

bool names(const Candidate& choice, const Candidate& cell) {
  return allows(choice.objective, cell.objective) && allows(choice.adaptation, cell.adaptation) &&
         allows(choice.template_name, cell.template_name);
}

// A situation with the best that could be had there, which every choice is measured against.
struct ScoredSituation {
  const Situation& at;
  const RunVariance& runs;
  const DecisionOptions& options;
  size_t winner = 0;  // of the highest mean
  Scores best;        // the winner's, moved to what the truly best is expected to score

  ScoredSituation(const Situation& situation, const RunVariance& variance,
                  const DecisionOptions& all_options)
      : at(situation), runs(variance), options(all_options) {
    for (size_t c = 1; c < at.scores.size(); ++c) {
      if (at.scores[c].mean() > at.scores[winner].mean()) winner = c;
    }
    best = at.scores[winner];
    const double moved = expected_best(at.scores) - best.mean();
    for (auto& row : best.rows) {
      for (float& score : row) score = static_cast<float>(static_cast<double>(score) + moved);
    }
  }
};

// A cell that is on both sides counts by the difference of its shares.
std::vector<RunWeight> weights_of(const ScoredSituation& of, const std::vector<size_t>& chosen,
                                  double of_best) {
  std::vector<RunWeight> weights = of.at.runs;
  for (RunWeight& run : weights) run.weight = 0;
  weights[of.winner].weight += of_best;
  for (const size_t c : chosen)
    weights[c].weight += (of_best > 0 ? -1.0 : 1.0) / static_cast<double>(chosen.size());
  return weights;
}

// Scores the choice. Returns false if it names no cells of the sweep, or cells without a common
// seed.
bool score(const ScoredSituation& of, SelectorCase& found) {
  std::vector<Scores> tables;
  std::vector<size_t> chosen;
  for (size_t c = 0; c < of.at.candidates.size(); ++c) {
    if (!names(found.selection.choice, of.at.candidates[c])) continue;
    tables.push_back(of.at.scores[c]);
    chosen.push_back(c);
  }
  found.is_best = chosen == std::vector<size_t>{of.winner};
  if (chosen.empty()) return false;
  const Scores mean = mean_of(tables);
  if (mean.rows.empty()) return false;
  const IntervalOptions& intervals = of.options.intervals;
  found.best = of.at.candidates[of.winner];
  found.score = mean_estimate(mean, weights_of(of, chosen, 0), of.runs, intervals);
  found.best_score = of.best.mean();
  // The weights of both sides stand together, as a cell may be on both.
  found.regret =
      difference_estimate({of.best, weights_of(of, chosen, 1)}, {mean, {}}, of.runs, intervals);
  return true;
}

// Without the traits of its labels a plan cannot tell which choice fits a kind of task.
Selection select_by(const Selector& selector, const SelectorContext& context) {
  if (context.traits.empty())
    return no_choice("plan.json was written by an older version; run `dovetail run SWEEP` again");
  return selector.choose(context);
}

SelectorCase choose_and_score(const ScoredSituation& here, const Selector& selector,
                              const SelectorContext& context) {
  const Situation& at = here.at;
  SelectorCase found;
  found.task = at.task;
  found.train_size = at.train_size;
  found.tuning = at.tuning;
  found.metric = at.metric;
  found.selection = select_by(selector, context);
  if (found.selection.absent.empty() && !score(here, found)) {
    found.selection.absent = "it names " + choice_text(found.selection.choice) +
                             ", which the sweep has not finished here";
  }
  return found;
}

}  // namespace

std::vector<SelectorResult> score_selectors(const Plan& plan, const std::vector<CellGroup>& groups,
                                            const std::vector<Probe>& probes,
                                            const DecisionOptions& options) {
  const std::vector<Situation> situations = situations_of(plan, groups, options);
  std::vector<SelectorResult> results;
  if (situations.empty()) return results;
  TaskRuns runs(groups);
  for (const Selector& selector : selectors()) results.push_back({&selector, {}, {}});
  for (const Situation& at : situations) {
    const ScoredSituation here(at, runs.at(at.task, at.metric), options);
    const SelectorContext context = context_of(at, situations, plan, probes, options);
    for (SelectorResult& result : results)
      result.cases.push_back(choose_and_score(here, *result.selector, context));
  }
  summarise(results, situations, options);
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
  here.metric = main_metric_of(unseen.label, plan, options);
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
