// SPDX-License-Identifier: Apache-2.0
#include "analysis/decisions/claim_places.h"

#include <algorithm>
#include <set>

namespace dovetail {

namespace {

// The axes of a group, that is all but the seed.
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

// The cells of one pair, at one place of the axes that its sides do not name.
class Finder {
 public:
  Finder(const ClaimPair& pair, const Plan& plan, const std::vector<CellGroup>& groups)
      : pair_(pair), groups_(groups), free_axes_(axes_of(plan)) {
    for (const auto& [axis, labels] : pair.better.alternatives.front())
      std::erase(free_axes_, axis);
  }

  std::vector<ClaimPlace> places() const {
    std::vector<ClaimPlace> found;
    std::set<AxisLabels> seen;
    for (const CellGroup& group : groups_) {
      if (!group.baseline.empty() || !matches(group, pair_.where)) continue;
      const AxisLabels at = labels_of(group, free_axes_);
      if (!seen.insert(at).second) continue;
      ClaimPlace place = place_at(group.task, at);
      const bool whole =
          !place.better.empty() && !place.worse.empty() &&
          (pair_.more_than.empty() || (!place.better_there.empty() && !place.worse_there.empty()));
      if (whole) found.push_back(std::move(place));
    }
    return found;
  }

 private:
  ClaimPlace place_at(const std::string& task, AxisLabels at) const {
    ClaimPlace place{task, &pair_, better_at(at), worse_at(at), {}, {}};
    if (pair_.more_than.empty()) return place;
    for (const auto& [axis, labels] : pair_.more_than) at[axis] = labels;
    place.better_there = better_at(at);
    place.worse_there = worse_at(at);
    return place;
  }

  ClaimPlace::Cells better_at(const AxisLabels& at) const {
    return select(
        at, [&](const CellGroup& group) { return matches_any(group, pair_.better.alternatives); });
  }

  ClaimPlace::Cells worse_at(const AxisLabels& at) const {
    if (pair_.worse.best_other) {
      return select(at, [&](const CellGroup& group) {
        return !matches_any(group, pair_.better.alternatives);
      });
    }
    return select(
        at, [&](const CellGroup& group) { return matches_any(group, pair_.worse.alternatives); });
  }

  template <typename Wanted>
  ClaimPlace::Cells select(const AxisLabels& at, const Wanted& wanted) const {
    ClaimPlace::Cells cells;
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

std::vector<ClaimPlace> claim_places(const Claim& claim, const Plan& plan,
                                     const std::vector<CellGroup>& groups) {
  std::vector<ClaimPlace> all;
  for (const ClaimPair& pair : claim.pairs) {
    const std::vector<ClaimPlace> places = Finder(pair, plan, groups).places();
    all.insert(all.end(), places.begin(), places.end());
  }
  return all;
}

}  // namespace dovetail
