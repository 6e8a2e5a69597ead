// SPDX-License-Identifier: Apache-2.0
#include "analysis/decisions/decisions.h"

#include <algorithm>
#include <cmath>
#include <functional>

#include "analysis/decisions/contenders.h"
#include "analysis/decisions/use.h"
#include "analysis/statistics/metric_direction.h"
#include "plan/baselines.h"

namespace dovetail {

namespace {

Contenders select(const std::vector<Contender>& from,
                  const std::function<bool(const CellGroup&)>& wanted) {
  Contenders selected;
  for (const Contender& contender : from) {
    if (wanted(*contender.group)) selected.push_back(&contender);
  }
  return selected;
}

std::vector<std::string> cell_names(const CellGroup& group) {
  std::vector<std::string> names;
  for (const CellResult& result : group.cells) {
    if (result.state == CellState::finished) names.push_back(result.cell->name);
  }
  return names;
}

std::vector<Scores> tables_of(const Contenders& contenders) {
  std::vector<Scores> tables;
  for (const Contender* contender : contenders) tables.push_back(contender->scores);
  return tables;
}

bool have_validation(const Contenders& contenders) {
  return std::ranges::all_of(contenders, [](auto* one) { return one->validation.has_value(); });
}

// The best of them, and its scores without the luck of being picked: by validation examples, which
// the scores do not hold, or, where those are missing, by the scores themselves.
CrossFitted choose(const Contenders& contenders, const CrossFitOptions& options) {
  if (!have_validation(contenders)) return cross_fit(tables_of(contenders), options);
  CrossFitted chosen;
  const auto best =
      std::ranges::max_element(contenders, {}, [](auto* one) { return *one->validation; });
  chosen.winner = static_cast<size_t>(best - contenders.begin());
  chosen.scores = (*best)->scores;
  chosen.wins.assign(contenders.size(), 0);
  chosen.over_runs = true;
  return chosen;
}

Comparison compare(TaskAtSize& at, Comparison comparison, const Contenders& against) {
  if (against.empty()) return comparison;
  comparison.absent.clear();
  const CrossFitted fitted = choose(against, at.options.cross_fit);
  const Contender* best = against[fitted.winner];
  at.compared[comparison.name] = best;
  comparison.same = best == at.recommended;
  comparison.against = best->group->choice();
  comparison.cells = cell_names(*best->group);
  comparison.seconds = best->cost.total();
  const std::vector<RunWeight> runs = runs_of(*best->group);
  comparison.score = mean_estimate(fitted.scores, runs, *at.runs, at.options.intervals);
  // The recommendation takes more off its score, being the best of more.
  if (comparison.same) comparison.score = at.expected;
  comparison.gain =
      comparison.same ? Estimate{0, 0, 0, comparison.score.items, comparison.score.seeds}
                      : difference_estimate({at.chosen.scores, runs_of(*at.recommended->group)},
                                            {fitted.scores, runs}, *at.runs, at.options.intervals);
  const double base = std::abs(comparison.score.mean);
  if (base > 0) comparison.relative_gain = comparison.gain.mean / base;
  return comparison;
}

// A baseline that suits some tasks only is listed where it has been scored.
void add_baselines(TaskAtSize& at, std::vector<Comparison>& all) {
  const std::vector<std::string> of_every_task = baselines_for(Json::object());
  for (const BaselineEntry& entry : baselines()) {
    const Contenders scored =
        select(at.baselines, [&](auto& g) { return g.baseline == entry.name; });
    if (scored.empty() && std::ranges::find(of_every_task, entry.name) == of_every_task.end())
      continue;
    all.push_back(compare(
        at,
        {entry.name, entry.label, true, "this baseline is not in the sweep or has not finished"},
        scored));
  }
}

// Random start and the baselines decide the verdict; the others stand beside them.
std::vector<Comparison> comparisons(TaskAtSize& at) {
  const DecisionOptions& o = at.options;
  const CellGroup& chosen = *at.recommended->group;
  const auto cells = [&](const std::string& name, const std::string& label, bool decisive,
                         const std::function<bool(const CellGroup&)>& wanted) {
    return compare(at, {name, label, decisive, "no such cell in the sweep has finished"},
                   select(at.candidates, wanted));
  };
  std::vector<Comparison> all;
  all.push_back(cells("random_start", "random start, at its best", true,
                      [&](auto& g) { return g.start() == o.start_objective; }));
  add_baselines(at, all);
  all.push_back(
      cells("random_start_same", "random start, same template and tuning", false, [&](auto& g) {
        return g.start() == o.start_objective && g.template_name == chosen.template_name &&
               g.tuning == chosen.tuning;
      }));
  all.push_back(
      cells("conventional_tuning",
            "same objective, " + o.conventional_template + " and " + o.conventional_tuning, false,
            [&](auto& g) {
              return g.start() == chosen.start() && g.template_name == o.conventional_template &&
                     g.tuning == o.conventional_tuning;
            }));
  all.push_back(cells(
      "conventional_all",
      o.conventional_objective + ", " + o.conventional_template + " and " + o.conventional_tuning,
      false, [&](auto& g) {
        return g.start() == o.conventional_objective &&
               g.template_name == o.conventional_template && g.tuning == o.conventional_tuning;
      }));
  return all;
}

Verdict verdict_of(const std::vector<Comparison>& comparisons) {
  bool any = false, all_better = true, baseline_better = false;
  for (const Comparison& comparison : comparisons) {
    if (!comparison.decisive || !comparison.absent.empty()) continue;
    any = true;
    all_better = all_better && comparison.better();
    baseline_better = baseline_better || (comparison.worse() && comparison.name != "random_start");
  }
  if (!any) return Verdict::nothing_to_compare;
  if (baseline_better) return Verdict::baseline_better;
  return all_better ? Verdict::gain : Verdict::no_measurable_difference;
}

// A baseline's group has "" on the axes that it does not depend on.
bool is_or_covers(const std::string& coordinate, const std::string& wanted) {
  return coordinate.empty() || coordinate == wanted;
}

void gather(TaskAtSize& at, Decision& decision, const Plan& plan,
            const std::vector<CellGroup>& groups, const std::map<std::string, Record>& records) {
  std::vector<Contender> partial;
  for (const CellGroup& group : groups) {
    if (!is_or_covers(group.task, decision.task) ||
        !is_or_covers(group.train_size, decision.train_size))
      continue;
    if (group.baseline.empty()) ++decision.candidates_planned;
    Scores scores = scores_of(group, decision.metric);
    if (scores.num_items() == 0) continue;
    if (!at.higher_is_better) negate(scores);
    const double mean = scores.mean();
    const bool complete = scores.rows.size() == group.cells.size();
    auto& place = !group.baseline.empty() ? at.baselines : complete ? at.candidates : partial;
    const auto scored = validation_score(group, decision.metric);
    const auto validation =
        scored ? std::optional(at.higher_is_better ? scored->mean : -scored->mean) : std::nullopt;
    place.push_back({&group, std::move(scores), cost_of(group, plan, records),
                     declared_cost(group, plan), mean, validation});
  }
  // A group that lacks a seed is compared only while no group is complete.
  if (at.candidates.empty()) at.candidates = std::move(partial);
  decision.candidates = static_cast<int64_t>(at.candidates.size());
}

void turn(Estimate& score) {
  score.mean = -score.mean;
  std::swap(score.low, score.high);
  score.low = -score.low;
  score.high = -score.high;
}

// Scores as they were measured, where they were negated to be maximised. Gains and leads stay:
// above 0 is better.
void restore_signs(Decision& decision) {
  turn(decision.recommended.score);
  turn(decision.honest_score);
  for (Comparison& comparison : decision.comparisons) turn(comparison.score);
  if (decision.cheaper) turn(decision.cheaper->score);
  if (decision.use.choice) turn(decision.use.choice->score);
  turn(decision.use.score);
  decision.use.highest = -decision.use.highest;
}

void settle(TaskAtSize& at, Decision& decision) {
  const Contenders all = select(at.candidates, [](auto&) { return true; });
  at.chosen = choose(all, at.options.cross_fit);
  at.recommended = all[at.chosen.winner];
  at.expected = mean_estimate(at.chosen.scores, runs_of(*at.recommended->group), *at.runs,
                              at.options.intervals);
  decision.recommended = choice_of(at, *at.recommended);
  decision.honest_score = at.expected;
  decision.optimism = at.chosen.optimism;
  decision.over_runs = at.chosen.over_runs || all.size() == 1;
  decision.by_validation = all.size() > 1 && have_validation(all);
  decision.halves = at.chosen.halves;
  decision.times_chosen = at.chosen.wins[at.chosen.winner];
  decision.cross_fitted = at.chosen.scores.num_items() >= kFewestItemsToSplit;
  decision.differ = test_cells_differ(of_most_seeds(tables_of(all)));
  decision.comparisons = comparisons(at);
  decision.verdict = verdict_of(decision.comparisons);
  decide_use(at, decision);
  if (!at.higher_is_better) restore_signs(decision);
}

}  // namespace

Estimate score_of(const TaskAtSize& at, const Contender& contender) {
  return mean_estimate(contender.scores, runs_of(*contender.group), *at.runs, at.options.intervals);
}

Estimate lead_of(const TaskAtSize& at, const Contender& a, const Contender& b) {
  return difference_estimate({a.scores, runs_of(*a.group)}, {b.scores, runs_of(*b.group)}, *at.runs,
                             at.options.intervals);
}

Choice choice_of(const TaskAtSize& at, const Contender& contender) {
  const CellGroup& group = *contender.group;
  return {group.baseline,
          group.objective,
          group.adaptation,
          group.template_name,
          group.tuning,
          group.start(),
          group.choice(),
          cell_names(group),
          score_of(at, contender),
          contender.cost,
          contender.declared_seconds};
}

std::string to_string(Verdict verdict) {
  switch (verdict) {
    case Verdict::gain: return "gain";
    case Verdict::no_measurable_difference: return "no_measurable_difference";
    case Verdict::baseline_better: return "baseline_better";
    case Verdict::nothing_to_compare: return "nothing_to_compare";
  }
  return "";
}

std::string main_metric_of(const std::string& task, const Plan& plan,
                           const DecisionOptions& options) {
  const auto named = options.main_metric.find(task);
  return named == options.main_metric.end() ? primary_metric_of(plan, task) : named->second;
}

std::vector<Decision> decide(const Plan& plan, const std::vector<CellGroup>& groups,
                             const std::map<std::string, Record>& records,
                             const DecisionOptions& options) {
  std::vector<Decision> decisions;
  TaskRuns runs(groups);
  const auto labels = [&](const char* axis) {
    const auto found = plan.axis_labels.find(axis);
    return found == plan.axis_labels.end() ? std::vector<std::string>{} : found->second;
  };
  for (const std::string& task : labels("task")) {
    for (const std::string& size : labels("train_size")) {
      const std::string metric = main_metric_of(task, plan, options);
      Decision decision{task, size, metric, higher_is_better(plan, metric)};
      TaskAtSize at{.options = options,
                    .runs = &runs.at(task, decision.metric),
                    .higher_is_better = decision.higher_is_better};
      gather(at, decision, plan, groups, records);
      if (at.candidates.empty()) continue;
      const int64_t items = at.candidates[0].scores.num_items();
      std::erase_if(at.baselines,
                    [&](const Contender& b) { return b.scores.num_items() != items; });
      settle(at, decision);
      const CellGroup& chosen = *at.recommended->group;
      for (const std::string& other : plan.metrics) {
        const Scores scores = scores_of(chosen, other);
        if (scores.num_items() == 0) continue;
        decision.other_metrics[other] =
            mean_estimate(scores, runs_of(chosen), runs.at(chosen, other), options.intervals);
      }
      decisions.push_back(std::move(decision));
    }
  }
  return decisions;
}

const Comparison* find_comparison(const Decision& decision, const std::string& name) {
  for (const Comparison& comparison : decision.comparisons) {
    if (comparison.name == name) return &comparison;
  }
  return nullptr;
}

}  // namespace dovetail
