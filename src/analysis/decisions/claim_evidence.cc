// SPDX-License-Identifier: Apache-2.0
#include "analysis/decisions/claim_evidence.h"

#include <algorithm>

namespace dovetail {

namespace {

bool has_differences(const Claim& claim) {
  return std::any_of(claim.pairs.begin(), claim.pairs.end(),
                     [](const ClaimPair& pair) { return !pair.more_than.empty(); });
}

// The best of the others is one cell, although nobody knows which.
void add_weights(const ClaimComparison::Cells& cells, bool best, size_t side, TaskEvidence& task) {
  const double share = best ? 1 : 1 / static_cast<double>(cells.size());
  for (const CellGroup* cell : cells) {
    task.weights[cell][side] += share;
    if (best) break;
  }
}

void divide_weights(TaskEvidence& task) {
  const auto pairs = static_cast<double>(std::max<int64_t>(1, task.sums.num_pairs()));
  for (auto& [cell, weights] : task.weights) {
    for (double& weight : weights) weight /= pairs;
  }
}

}  // namespace

ClaimEvidence evidence_of(const Claim& claim, const std::vector<ClaimComparison>& comparisons,
                          const std::string& metric, bool higher_is_better,
                          const CrossFitOptions& options, size_t pair) {
  ClaimEvidence evidence;
  evidence.differences = has_differences(claim);
  for (const ClaimComparison& comparison : comparisons) {
    if (pair != kAllPairs && comparison.pair != &claim.pairs[pair]) continue;
    evidence.empty = false;
    const std::array cells{&comparison.better, &comparison.worse, &comparison.reference_better,
                           &comparison.reference_worse};
    Sides sides;
    for (size_t k = 0; k < evidence.num_sides(); ++k) {
      // Another pair of the claim has more_than and this one does not.
      if (cells[k]->empty()) continue;
      evidence.needed.insert(cells[k]->begin(), cells[k]->end());
      const ClaimSide& side = k % 2 == 0 ? comparison.pair->better : comparison.pair->worse;
      sides[k] = side_scores(*cells[k], side.metric.empty() ? metric : side.metric, side.best_other,
                             higher_is_better, options);
      if (!side.baseline.empty()) sides[k] = at_seeds(std::move(sides[k]), sides[k - 1].seeds);
    }
    if (evidence.differences && comparison.reference_better.empty()) sides[2] = sides[3] = sides[0];
    TaskEvidence& task = evidence.tasks[comparison.task];
    if (!task.sums.add(sides, evidence.num_sides())) continue;
    for (size_t k = 0; k < evidence.num_sides(); ++k) {
      const bool best = k % 2 == 1 && comparison.pair->worse.best_other;
      if (!cells[k]->empty()) add_weights(*cells[k], best, k, task);
    }
  }
  for (auto& [name, task] : evidence.tasks) divide_weights(task);
  return evidence;
}

}  // namespace dovetail
