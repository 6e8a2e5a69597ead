// SPDX-License-Identifier: Apache-2.0
#include "analysis/decisions/selector_summary.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <set>

#include "analysis/decisions/claim_family.h"

namespace dovetail {

namespace {

// The cases in which a selector chose something that the sweep has, by index.
using Places = std::set<size_t>;
using Cases = std::vector<SelectorCase>;

Places places_of(const Cases& cases) {
  Places places;
  for (size_t i = 0; i < cases.size(); ++i) {
    if (cases[i].selection.absent.empty()) places.insert(i);
  }
  return places;
}

// Averages of the cases by task. The cases of a task share its examples, so their standard errors
// are averaged as if they moved together.
std::vector<Estimate> by_task(const Cases& cases, const Places& places,
                              const std::function<Estimate(size_t)>& value) {
  std::map<std::string, std::vector<Estimate>> tasks;
  for (const size_t place : places) tasks[cases[place].task].push_back(value(place));
  std::vector<Estimate> all;
  for (const auto& [task, estimates] : tasks) {
    Estimate& mean = all.emplace_back();
    const double share = 1 / static_cast<double>(estimates.size());
    mean.degrees = estimates[0].degrees;
    for (const Estimate& estimate : estimates) {
      mean.mean += share * estimate.mean;
      mean.standard_error += share * estimate.standard_error;
      mean.degrees = std::min(mean.degrees, estimate.degrees);
      mean.runs_known = mean.runs_known && estimate.runs_known;
    }
  }
  return all;
}

// Of choices whose runs are not paired. For two choices of one situation that is on the safe side.
Estimate score_difference(const Estimate& own, const Estimate& other) {
  Estimate found = own;
  found.mean = own.mean - other.mean;
  found.standard_error = std::hypot(own.standard_error, other.standard_error);
  found.degrees = std::min(own.degrees, other.degrees);
  found.runs_known = own.runs_known && other.runs_known;
  return found;
}

// The other selector's regret minus this one's. Both are measured against the same best cells, so
// the difference is that of the scores.
Estimate advantage(const SelectorCase& own, const SelectorCase& other) {
  Estimate found = score_difference(own.score, other.score);
  if (own.selection.choice == other.selection.choice) found.standard_error = 0;
  return found;
}

double mean_over_tasks(const Cases& cases, const Places& places,
                       double (*value)(const SelectorCase&)) {
  std::map<std::string, std::pair<double, double>> tasks;
  for (const size_t place : places) {
    auto& [sum, count] = tasks[cases[place].task];
    sum += value(cases[place]);
    ++count;
  }
  double mean = 0;
  for (const auto& [task, sum] : tasks)
    mean += sum.first / sum.second / static_cast<double>(tasks.size());
  return mean;
}

std::optional<PooledEffect> against(const Cases& cases, const Cases& others, double confidence) {
  Places both = places_of(cases);
  std::erase_if(both, [&](size_t i) { return !others[i].selection.absent.empty(); });
  if (both.empty()) return std::nullopt;
  return pool_estimates(
      by_task(cases, both, [&](size_t i) { return advantage(cases[i], others[i]); }), confidence);
}

// The same task and tuning with at least so many labels, of the smallest such size.
std::optional<size_t> larger_situation(const std::vector<Situation>& situations, size_t from,
                                       double labels) {
  std::optional<size_t> found;
  for (size_t i = 0; i < situations.size(); ++i) {
    const Situation& at = situations[i];
    if (at.task != situations[from].task || at.tuning != situations[from].tuning) continue;
    if (at.labels < labels || (found && situations[*found].labels <= at.labels)) continue;
    found = i;
  }
  return found;
}

// What a selector's labels buy: its choice's score, against the other's choice where that is
// trained on at least as many more examples. Of selectors that read labels, where the sweep has
// such a size.
std::optional<PooledEffect> at_equal_labels(const Cases& cases, const Cases& others,
                                            const std::vector<Situation>& situations,
                                            double confidence) {
  std::map<size_t, size_t> larger;
  Places places;
  for (const size_t i : places_of(cases)) {
    const auto read = static_cast<double>(cases[i].selection.examples);
    if (read == 0 || situations[i].labels == 0) continue;
    const auto at = larger_situation(situations, i, situations[i].labels + read);
    if (!at || !others[*at].selection.absent.empty()) continue;
    larger[i] = *at;
    places.insert(i);
  }
  if (places.empty()) return std::nullopt;
  return pool_estimates(
      by_task(cases, places,
              [&](size_t i) { return score_difference(cases[i].score, others[larger[i]].score); }),
      confidence);
}

void summarise_one(SelectorResult& result, const std::map<std::string, Cases>& baselines,
                   const std::vector<Situation>& situations, const DecisionOptions& options) {
  const Cases& cases = result.cases;
  const Places own = places_of(cases);
  if (own.empty()) return;
  const double confidence = options.intervals.confidence;
  SelectorSummary& summary = result.summary.emplace();
  summary.regret =
      pool_estimates(by_task(cases, own, [&](size_t i) { return cases[i].regret; }), confidence);
  summary.score = mean_over_tasks(cases, own, [](const SelectorCase& c) { return c.score.mean; });
  summary.best_score =
      mean_over_tasks(cases, own, [](const SelectorCase& c) { return c.best_score; });
  summary.examples = mean_over_tasks(
      cases, own, [](const SelectorCase& c) { return static_cast<double>(c.selection.examples); });
  for (const auto& [name, others] : baselines) {
    if (name == result.selector->name) continue;
    if (const auto effect = against(cases, others, confidence)) summary.against[name] = *effect;
    if (const auto effect = at_equal_labels(cases, others, situations, confidence))
      summary.at_equal_labels[name] = *effect;
  }
  for (const size_t place : own) {
    ++summary.cases;
    summary.times_best += cases[place].is_best;
    summary.chance_of_best += 1 / static_cast<double>(situations[place].candidates.size());
  }
  summary.chance_of_best /= static_cast<double>(summary.cases);
}

// The comparisons of selectors with baselines are one family, each p-value corrected for all.
void correct_for_family(std::vector<SelectorResult>& results) {
  std::vector<PooledEffect*> family;
  for (SelectorResult& result : results) {
    if (result.selector->baseline || !result.summary) continue;
    for (auto& [name, effect] : result.summary->against) family.push_back(&effect);
  }
  std::vector<double> p_values;
  for (const PooledEffect* effect : family) p_values.push_back(effect->p_value);
  const std::vector<double> corrected = step_down(p_values, std::ssize(p_values));
  for (size_t i = 0; i < family.size(); ++i) family[i]->p_value = corrected[i];
}

}  // namespace

void summarise(std::vector<SelectorResult>& results, const std::vector<Situation>& situations,
               const DecisionOptions& options) {
  std::map<std::string, Cases> baselines;
  for (const SelectorResult& result : results) {
    if (result.selector->baseline) baselines[result.selector->name] = result.cases;
  }
  for (SelectorResult& result : results) summarise_one(result, baselines, situations, options);
  correct_for_family(results);
}

}  // namespace dovetail
