// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "analysis/decisions/regret.h"
#include "analysis/decisions/situations.h"

namespace dovetail {

// Fills in the summaries of `results`, whose cases stand in the order of `situations`.
void summarise(std::vector<SelectorResult>& results, const std::vector<Situation>& situations,
               const DecisionOptions& options);

}  // namespace dovetail
