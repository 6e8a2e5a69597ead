// SPDX-License-Identifier: Apache-2.0
#include "analysis/decisions/claim_comparisons.h"

#include <algorithm>
#include <set>

namespace dovetail {

namespace {

// The plan's axes that tell groups apart: all but the seed.
std::vector<std::string> axes_of(const Plan& plan) {
  std::vector<std::string> axes;
  for (const char* axis : kAxes) {
    if (std::string_view(axis) != "seed" && plan.axis_labels.contains(axis))
      axes.emplace_back(axis);
  }
  return axes;
}

bool matches(const CellGroup& group, const AxisLabels& wanted) {
  return std::all_of(wanted.begin(), wanted.end(), [&](const auto& axis) {
    return std::find(axis.second.begin(), axis.second.end(), group.at(axis.first)) !=
           axis.second.end();
  });
}

bool matches_any(const CellGroup& group, const std::vector<AxisLabels>& alternatives) {
  return std::any_of(alternatives.begin(), alternatives.end(),
                     [&](const AxisLabels& labels) { return matches(group, labels); });
}

AxisLabels labels_of(const CellGroup& group, const std::vector<std::string>& axes) {
  AxisLabels labels;
  for (const std::string& axis : axes) labels[axis] = {group.at(axis)};
  return labels;
}

// Finds the comparisons of one pair: one for each combination of labels on the axes that its sides
// do not name.
class ComparisonSearch {
 public:
  ComparisonSearch(const ClaimPair& pair, const Plan& plan, const std::vector<CellGroup>& groups)
      : pair_(pair), groups_(groups), free_axes_(axes_of(plan)) {
    for (const auto& [axis, labels] : pair.better.alternatives.front())
      std::erase(free_axes_, axis);
  }

  std::vector<ClaimComparison> comparisons() const {
    std::vector<ClaimComparison> found;
    std::set<AxisLabels> seen;
    for (const CellGroup& group : groups_) {
      if (!group.baseline.empty() || !matches(group, pair_.where)) continue;
      const AxisLabels at = labels_of(group, free_axes_);
      if (!seen.insert(at).second) continue;
      ClaimComparison comparison = compare_at(group.task, at);
      const bool whole = !comparison.better.empty() && !comparison.worse.empty() &&
                         (pair_.more_than.empty() || (!comparison.reference_better.empty() &&
                                                      !comparison.reference_worse.empty()));
      if (whole) found.push_back(std::move(comparison));
    }
    return found;
  }

 private:
  ClaimComparison compare_at(const std::string& task, AxisLabels at) const {
    ClaimComparison comparison{task, &pair_, better_at(at), worse_at(at), {}, {}};
    if (pair_.more_than.empty()) return comparison;
    for (const auto& [axis, labels] : pair_.more_than) at[axis] = labels;
    comparison.reference_better = better_at(at);
    comparison.reference_worse = worse_at(at);
    return comparison;
  }

  ClaimComparison::Cells better_at(const AxisLabels& at) const {
    return select(
        at, [&](const CellGroup& group) { return matches_any(group, pair_.better.alternatives); });
  }

  // The baseline's cells that agree on the axes which it depends on.
  ClaimComparison::Cells baseline_at(const AxisLabels& at) const {
    ClaimComparison::Cells cells;
    for (const CellGroup& group : groups_) {
      if (group.baseline != pair_.worse.baseline) continue;
      AxisLabels own = at;
      std::erase_if(own, [&](const auto& axis) { return group.at(axis.first).empty(); });
      if (matches(group, own)) cells.push_back(&group);
    }
    return cells;
  }

  ClaimComparison::Cells worse_at(const AxisLabels& at) const {
    if (!pair_.worse.baseline.empty()) return baseline_at(at);
    if (pair_.worse.best_other) {
      return select(at, [&](const CellGroup& group) {
        return !matches_any(group, pair_.better.alternatives);
      });
    }
    return select(
        at, [&](const CellGroup& group) { return matches_any(group, pair_.worse.alternatives); });
  }

  template <typename Wanted>
  ClaimComparison::Cells select(const AxisLabels& at, const Wanted& wanted) const {
    ClaimComparison::Cells cells;
    for (const CellGroup& group : groups_) {
      if (group.baseline.empty() && matches(group, at) && wanted(group)) cells.push_back(&group);
    }
    return cells;
  }

  const ClaimPair& pair_;
  const std::vector<CellGroup>& groups_;
  std::vector<std::string> free_axes_;
};

}  // namespace

std::vector<ClaimComparison> claim_comparisons(const Claim& claim, const Plan& plan,
                                               const std::vector<CellGroup>& groups) {
  std::vector<ClaimComparison> all;
  for (const ClaimPair& pair : claim.pairs) {
    const std::vector<ClaimComparison> found = ComparisonSearch(pair, plan, groups).comparisons();
    all.insert(all.end(), found.begin(), found.end());
  }
  return all;
}

}  // namespace dovetail
