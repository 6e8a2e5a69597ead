// SPDX-License-Identifier: Apache-2.0
#include "sweep/grid.h"

#include <algorithm>

#include "base/error.h"
#include "plan/adaptations.h"

namespace dovetail {

namespace {

std::vector<GridPoint> expand(const Sweep& sweep) {
  std::vector<GridPoint> points = {GridPoint{}};
  for (size_t i = 0; i < kAxes.size(); ++i) {
    const auto axis = sweep.axes.find(kAxes[i]);
    if (axis == sweep.axes.end()) continue;
    std::vector<GridPoint> longer;
    longer.reserve(points.size() * axis->second.size());
    for (const GridPoint& point : points) {
      for (const AxisValue& value : axis->second) {
        longer.push_back(point);
        longer.back()[i] = &value;
      }
    }
    points = std::move(longer);
  }
  return points;
}

bool matches(const Sweep::Exclusion& exclusion, const GridPoint& point) {
  for (size_t i = 0; i < kAxes.size(); ++i) {
    const auto labels = exclusion.matches.find(kAxes[i]);
    if (labels == exclusion.matches.end()) continue;
    if (!point[i] || std::ranges::find(labels->second, point[i]->label) == labels->second.end())
      return false;
  }
  return true;
}

}  // namespace

std::vector<GridPoint> grid_points(const Sweep& sweep) {
  const std::vector<GridPoint> points = expand(sweep);
  std::vector<int64_t> num_matched(sweep.exclusions.size());
  std::vector<GridPoint> kept;
  for (const GridPoint& point : points) {
    bool excluded = false;
    for (size_t i = 0; i < sweep.exclusions.size(); ++i) {
      if (!matches(sweep.exclusions[i], point)) continue;
      excluded = true;
      ++num_matched[i];
    }
    if (!excluded) kept.push_back(point);
  }
  for (size_t i = 0; i < num_matched.size(); ++i) {
    if (num_matched[i] == 0) {
      throw_<ConfigError>("{}:{}:1: this exclusion matches no cell; correct or remove it",
                          sweep.file.string(), sweep.exclusions[i].line);
    }
  }
  if (kept.empty()) {
    throw_<ConfigError>("{}: the exclusions leave no cell of the {} that the axes make",
                        sweep.file.string(), points.size());
  }
  return kept;
}

bool is_excluded(const Sweep& sweep, const GridPoint& point) {
  return std::ranges::any_of(sweep.exclusions, [&](const Sweep::Exclusion& exclusion) {
    return matches(exclusion, point);
  });
}

GridPoint only(const GridPoint& point, std::initializer_list<AxisIndex> axes) {
  GridPoint part{};
  for (const AxisIndex axis : axes) part[axis] = point[axis];
  return part;
}

std::string joined_name(const std::string& sweep, std::string_view head, const GridPoint& point) {
  std::string name = sweep;
  if (!head.empty()) name.append("/").append(head);
  for (size_t i = 0; i < kAxes.size(); ++i) {
    if (point[i]) name.append(i == kSeed ? "/seed" : "/").append(point[i]->label);
  }
  return name;
}

bool is_adapted(const GridPoint& point) {
  return point[kAdaptation] && point[kAdaptation]->as<AdaptSettings>().name != "none";
}

bool is_adapted_in_cell(const GridPoint& point) {
  return is_adapted(point) && find_adaptation(point[kAdaptation]->as<AdaptSettings>().name).in_cell;
}

bool has_soft_tokens(const GridPoint& point) {
  return point[kTemplate] && point[kTemplate]->as<TemplateValue>().soft_tokens;
}

const ObjectiveValue& objective_of(const GridPoint& point) {
  return point[kObjective]->as<ObjectiveValue>();
}

const TaskValue& task_of(const GridPoint& point) { return point[kTask]->as<TaskValue>(); }

}  // namespace dovetail
