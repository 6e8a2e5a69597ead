// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "analysis/decisions/choice.h"
#include "analysis/statistics/cell_groups.h"
#include "analysis/statistics/cell_noise.h"
#include "analysis/statistics/cross_fit.h"
#include "analysis/statistics/intervals.h"
#include "analysis/statistics/statistics.h"

namespace dovetail {

struct DecisionOptions {
  BootstrapOptions bootstrap;  // of the selectors' probes
  IntervalOptions intervals;
  CrossFitOptions cross_fit;
  // The primary metric by task; other tasks have the plan's primary_metric_of().
  std::map<std::string, std::string> main_metric;
  // The choice of somebody who compares nothing.
  std::string start_objective = "none";                    // random start
  std::string conventional_objective = "span_corruption";  // T5's own
  std::string conventional_template = "mapping";
  std::string conventional_tuning = "full";
  // Another choice counts as cheaper if its declared_cost() is below this share of that of the
  // highest mean.
  double cheaper_share = 0.8;
  // Two choices are as good as each other if the interval of their difference lies within this to
  // both sides: an absolute score, or a share of the score where less of the metric is better.
  double equivalence_margin = 0.02;
};

// A comparison of the recommendation with random start, a baseline or a conventional choice.
struct Comparison {
  std::string name;       // most_frequent, copy, untuned, random_start, ...; see comparisons()
  std::string label;      // in words
  bool decisive = false;  // counts for the verdict
  std::string absent;     // why there is nothing to compare with; else ""
  bool same = false;      // it is the recommendation itself
  std::string against;    // CellGroup::choice() of the best of them on all examples
  std::vector<std::string> cells;
  Estimate score;                       // of `against`, without its optimism (cross_fit.h)
  Estimate gain;                        // of the recommendation over it, paired; above 0: better
  std::optional<double> relative_gain;  // of the comparison's score; none if that is 0
  double seconds = 0;                   // GroupCost::total()

  // The recommendation is measurably better, or worse. One run of each measures neither.
  bool better() const { return gain.low > 0 && gain.runs_known; }
  bool worse() const { return gain.high < 0 && gain.runs_known; }
};

// gain: measurably better than random start and than every baseline there is.
// no_measurable_difference: not measurably better than at least one of them.
// baseline_better: a baseline measurably beats the best cells.
// nothing_to_compare: neither random start nor baseline has been scored.
enum class Verdict { gain, no_measurable_difference, baseline_better, nothing_to_compare };
std::string to_string(Verdict verdict);

// One recommendation, with its evidence.
struct Decision {
  std::string task, train_size;
  std::string metric;
  bool higher_is_better = true;  // else the lowest mean is the best
  Verdict verdict = Verdict::nothing_to_compare;
  Choice recommended;     // the best mean among `candidates`, of the test set unless by_validation;
                          // `use` has the advice
  Estimate honest_score;  // its score without its optimism: to expect of other runs and examples
  double optimism = 0;    // how much the best mean flatters it (cross_fit.h)
  bool over_runs = true;  // false: the optimism is that of the examples alone
  // Whether the candidates differ at all. Without that nothing is called a winner.
  GlobalTest differ;
  std::map<std::string, Estimate> other_metrics;  // plain means of the recommended cells
  int64_t candidates = 0;                         // cell groups that were compared
  int64_t candidates_planned = 0;                 // including those that failed or have not run
  // The recommended cells, and random start at its best, were chosen by their scores on validation
  // examples, which every candidate has: the test examples are scored once, and flatter nobody.
  bool by_validation = false;
  int64_t times_chosen = 0, halves = 0;  // on how many random halves the same group was best
  bool cross_fitted = true;              // false: fewer than kFewestItemsToSplit examples
  std::vector<Comparison> comparisons;
  // The cheapest choice that is as good within DecisionOptions::equivalence_margin, and not beaten
  // by a baseline. None if there is no such choice, or a baseline is better.
  std::optional<Choice> cheaper;
  Estimate cheaper_lead;  // recommendation minus that choice
  Use use;                // what to use, with the reason
};

// The primary metric of a task.
std::string main_metric_of(const std::string& task, const Plan& plan,
                           const DecisionOptions& options);

// One decision for every task and train size that has at least one finished cell group, in the
// order of the sweep file.
std::vector<Decision> decide(const Plan& plan, const std::vector<CellGroup>& groups,
                             const std::map<std::string, Record>& records,
                             const DecisionOptions& options = {});

const Comparison* find_comparison(const Decision& decision, const std::string& name);

}  // namespace dovetail
