// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "sweep/sweep.h"

namespace dovetail {

// One point of the grid, by kAxes; null on an axis that does not apply.
using GridPoint = std::array<const AxisValue*, kAxes.size()>;

// Every combination of the axes' values that no exclusion matches, the last axis varying fastest.
// ConfigError if an exclusion matches nothing, or if nothing is left.
std::vector<GridPoint> grid_points(const Sweep& sweep);

// Whether an exclusion matches the point.
bool is_excluded(const Sweep& sweep, const GridPoint& point);

// The point with only the named axes.
GridPoint only(const GridPoint& point, std::initializer_list<AxisIndex> axes);

// SWEEP/HEAD/LABEL/.../seedN; without HEAD if it is "".
std::string joined_name(const std::string& sweep, std::string_view head, const GridPoint& point);

// Whether the point has an adaptation; and one under which its cell starts from the base and is
// trained in another way (AdaptationEntry::in_cell).
bool is_adapted(const GridPoint& point);
bool is_adapted_in_cell(const GridPoint& point);

// Whether the point's template contains soft tokens, which only some tunings train.
bool has_soft_tokens(const GridPoint& point);

// The values of a point whose axis is set.
const ObjectiveValue& objective_of(const GridPoint& point);
const TaskValue& task_of(const GridPoint& point);

}  // namespace dovetail
