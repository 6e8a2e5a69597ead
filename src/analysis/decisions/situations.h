// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "analysis/decisions/decisions.h"
#include "analysis/selectors/selectors.h"

namespace dovetail {

// A task at one train size and tuning: the possible choices and their scores.
struct Situation {
  std::string task, train_size, tuning, metric;
  std::vector<Candidate> candidates;
  std::vector<Scores> scores;  // by candidate; higher is better; same seeds and examples for all
};

// The situations with at least two candidates whose seeds have all finished, in the order of the
// sweep file.
std::vector<Situation> situations_of(const Plan& plan, const std::vector<CellGroup>& groups,
                                     const DecisionOptions& options);

// The information a selector may use there: probes and facts of the task itself; of other tasks
// also their scores at the same train size and tuning.
SelectorContext context_of(const Situation& at, const std::vector<Situation>& situations,
                           const Plan& plan, const std::vector<Probe>& probes,
                           const DecisionOptions& options);

}  // namespace dovetail
