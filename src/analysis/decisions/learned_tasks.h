// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>
#include <string>
#include <vector>

#include "analysis/decisions/decisions.h"

namespace dovetail {

// The tasks on which nothing was learned, which judge no claim: differences there are between bad
// answers. All tuned cells of such a task have validation scores, and at no training size does the
// best of them lie above the best baseline's score, its 95 % bound included. The tuned cells' test
// answers, by which claims are judged, are not looked at. A task without validation scores or
// without baselines is none.
std::set<std::string> tasks_not_learned(const Plan& plan, const std::vector<CellGroup>& groups,
                                        const DecisionOptions& options);

}  // namespace dovetail
