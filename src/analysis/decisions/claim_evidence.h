// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "analysis/decisions/claim_comparisons.h"
#include "analysis/decisions/claim_scores.h"

// What the cells hold for a claim, task by task.
namespace dovetail {

struct TaskEvidence {
  TaskSums sums;
  // How much each cell counts in the mean of each side.
  std::map<const CellGroup*, std::array<double, kSides>> weights;
};

struct ClaimEvidence {
  std::map<std::string, TaskEvidence> tasks;  // also those without a pair of finished cells
  std::set<const CellGroup*> needed;
  bool differences = false;  // sides 2 and 3 are in use: the claim has more_than
  bool empty = true;         // the sweep has no cells of both sides

  size_t num_sides() const { return differences ? 4 : 2; }
};

// Of the claim's pair with this number, or of all its pairs pooled.
constexpr size_t kAllPairs = static_cast<size_t>(-1);
ClaimEvidence evidence_of(const Claim& claim, const std::vector<ClaimComparison>& comparisons,
                          const std::string& metric, bool higher_is_better,
                          const CrossFitOptions& options, size_t pair = kAllPairs);

}  // namespace dovetail
