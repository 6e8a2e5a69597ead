// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "plan/plan.h"

namespace dovetail {

// Whether a higher score of the metric is better; false for loss, perplexity and ranks.
bool higher_is_better(const Plan& plan, const std::string& metric);

}  // namespace dovetail
