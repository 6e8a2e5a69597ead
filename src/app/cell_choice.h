// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "plan/plan.h"

namespace dovetail {

// The cells whose names match the glob that --cell gives, in the order of the plan. Throws
// ConfigError if there is none, with the nearest name and some others: a sweep may have thousands.
std::vector<const Cell*> matching_cells(const Plan& plan, const std::string& glob);

// The one cell that matches; ConfigError for several.
const Cell& matching_cell(const Plan& plan, const std::string& glob);

}  // namespace dovetail
