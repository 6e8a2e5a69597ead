// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "analysis/decisions/analysis.h"

namespace dovetail {

// The terminal's table: for each decision its task, train size, what to use, its score, the
// verdict, and what else to know.
std::vector<std::vector<std::string>> recommendation_rows(const Analysis& analysis);

}  // namespace dovetail
