// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "analysis/decisions/choice.h"
#include "analysis/statistics/cell_groups.h"
#include "analysis/statistics/cross_fit.h"
#include "analysis/statistics/statistics.h"

namespace dovetail {

struct DecisionOptions {
  BootstrapOptions bootstrap;
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
  Estimate score;                       // of the comparison, cross-fitted
  Estimate gain;                        // recommendation minus comparison, cross-fitted, paired
  std::optional<double> relative_gain;  // of the comparison's score; none if that is 0
  double seconds = 0;                   // GroupCost::total()

  bool better() const { return gain.low > 0; }  // the recommendation is measurably better
  bool worse() const { return gain.high < 0; }  // the comparison is measurably better
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
  Verdict verdict = Verdict::nothing_to_compare;
  Choice recommended;     // the highest mean among `candidates`; `use` has the advice
  Estimate honest_score;  // cross-fitted: the score to expect on other examples
  std::map<std::string, Estimate> other_metrics;  // plain means of the recommended cells
  int64_t candidates = 0;                         // cell groups that were compared
  int64_t candidates_planned = 0;                 // including those that failed or have not run
  int64_t times_chosen = 0, halves = 0;  // on how many random halves the same group was best
  bool cross_fitted = true;              // false: fewer than kFewestItemsToSplit examples
  std::vector<Comparison> comparisons;
  // The cheapest choice that is about as good: not measurably worse, not beaten by a baseline, and
  // known to score at least half as much. None if there is no such choice, or a baseline is better.
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
