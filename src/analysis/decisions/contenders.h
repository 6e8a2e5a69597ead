// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "analysis/decisions/decisions.h"

// The working material of a decision, shared by the files of this room.
namespace dovetail {

// A cell group with its scores and cost.
struct Contender {
  const CellGroup* group;
  Scores scores;
  GroupCost cost;
  double declared_seconds;  // declared_cost()
  double mean;
};
using Contenders = std::vector<const Contender*>;

// One task at one train size: its candidates, its baselines, and the work on its decision.
struct TaskAtSize {
  const DecisionOptions& options;
  std::vector<Contender> candidates;
  std::vector<Contender> baselines;
  const Contender* recommended = nullptr;
  CrossFitted chosen;
  const Bootstrap* bootstrap = nullptr;
  std::map<std::string, const Contender*> compared;  // by Comparison::name: the best of them
};

Choice choice_of(const Contender& contender, const Bootstrap& bootstrap);

}  // namespace dovetail
