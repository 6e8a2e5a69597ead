// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "plan/plan.h"

namespace dovetail {

// What each pre-training of the plan spends, a line each, for `dovetail plan`; "" where nothing is
// known or there is none. Counts are estimates.
std::string pretraining_text(const Plan& plan);

// "640", "6.4 k", "6.4 M", "6.4 G", "6.4 T", "6.4 P"; three digits.
std::string readable_count(double count);

}  // namespace dovetail
