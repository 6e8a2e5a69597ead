// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "analysis/decisions/decisions.h"

namespace dovetail {

// A task at an amount of training data.
using TaskAndSize = std::pair<std::string, std::string>;

// Where nothing was learned, and so no claim about `metric` is judged: differences there are
// between bad answers. All tuned cells have validation scores, and the best of them does not lie
// above the best baseline's score, its 95 % bound included. The scores are of the task's main
// metric; for a claim about the loss they are losses, which of the baselines untuned models alone
// have: a model that answers badly may still have learned a distribution. Baselines are scored on
// the validation examples too; one of an older run, which was not, counts with its score on the
// test examples. The tuned cells' test answers, by which claims are judged, are not looked at. A
// task without validation scores or without baselines is none.
std::set<TaskAndSize> not_learned(const std::string& metric, const Plan& plan,
                                  const std::vector<CellGroup>& groups,
                                  const DecisionOptions& options);

}  // namespace dovetail
