// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "analysis/decisions/analysis.h"

namespace dovetail {

// The findings of the whole sweep, a sentence or two each; the most useful first.
std::vector<std::string> lessons(const Analysis& analysis);

}  // namespace dovetail
