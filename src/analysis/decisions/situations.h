// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "analysis/decisions/decisions.h"
#include "analysis/selectors/selectors.h"

namespace dovetail {

// A task at one train size and tuning: what could be chosen, and what it scored.
struct Situation {
  std::string task, train_size, tuning, metric;
  std::vector<Candidate> candidates;
  std::vector<Scores> scores;  // by candidate, more is better, all of the same seeds and examples
};

// Those with two candidates or more whose seeds have all finished, in the order of the sweep file.
std::vector<Situation> situations_of(const Plan& plan, const std::vector<CellGroup>& groups,
                                     const DecisionOptions& options);

// What a selector may know there: of the task itself its probes and facts alone, of other tasks
// also how they scored at the same train size and tuning.
SelectorContext context_of(const Situation& at, const std::vector<Situation>& situations,
                           const Plan& plan, const std::vector<Probe>& probes,
                           const DecisionOptions& options);

}  // namespace dovetail
