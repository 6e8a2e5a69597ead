// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "analysis/decisions/decisions.h"
#include "analysis/statistics/task_runs.h"

// The working material of a decision, shared by the files of this room.
namespace dovetail {

// A cell group with its scores and cost.
struct Contender {
  const CellGroup* group;
  Scores scores;  // negated where less of the metric is better, so that more always is
  GroupCost cost;
  double declared_seconds;  // declared_cost()
  double mean;
  std::optional<double> validation = {};  // its mean on validation examples, signed as `scores`
};
using Contenders = std::vector<const Contender*>;

// One task at one train size: its candidates, its baselines, and the work on its decision.
struct TaskAtSize {
  const DecisionOptions& options;
  std::vector<Contender> candidates = {};
  std::vector<Contender> baselines = {};
  const RunVariance* runs = nullptr;  // how runs vary here
  bool higher_is_better = true;
  const Contender* recommended = nullptr;
  CrossFitted chosen = {};
  Estimate expected = {};                                 // the score of `chosen`
  std::map<std::string, const Contender*> compared = {};  // by Comparison::name: the best of them
};

Estimate score_of(const TaskAtSize& at, const Contender& contender);
// Paired; above 0, `a` is better.
Estimate lead_of(const TaskAtSize& at, const Contender& a, const Contender& b);
Choice choice_of(const TaskAtSize& at, const Contender& contender);

}  // namespace dovetail
