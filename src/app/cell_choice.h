// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "plan/plan.h"

namespace dovetail {

// The cells whose names match the glob that --cell gives, in the order of the plan. Throws
// ConfigError if there is none, with the nearest name and some others: a sweep may have thousands.
std::vector<const Cell*> matching_cells(const Plan& plan, const std::string& glob);

// The index of the one name that matches; ConfigError for several, and for none as above.
size_t matching_name(const std::vector<std::string>& names, const std::string& glob);

}  // namespace dovetail
