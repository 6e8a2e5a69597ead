// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "analysis/decisions/decisions.h"
#include "analysis/selectors/selectors.h"
#include "analysis/statistics/run_variance.h"

namespace dovetail {

// A task at one train size and tuning: the possible choices and their scores.
struct Situation {
  std::string task, train_size, tuning, metric;
  double labels = 0;  // labelled examples that its cells were trained on; 0: unknown
  std::vector<Candidate> candidates;
  std::vector<RunWeight> runs;  // by candidate
  std::vector<Scores> scores;   // by candidate; higher is better; same seeds and examples for all
};

// The situations with at least two candidates whose seeds have all finished, in the order of the
// sweep file.
std::vector<Situation> situations_of(const Plan& plan, const std::vector<CellGroup>& groups,
                                     const DecisionOptions& options);

// Tasks that share more than this share of their sources are sisters: relations of one graph with
// the same heads, or splits of one set. Whoever learns from one has seen the other.
inline constexpr double kSisterShare = 0.25;
// Of two source_sketch of Plan::task_facts.
double shared_sources(const std::vector<uint32_t>& a, const std::vector<uint32_t>& b);
bool are_sisters(const Plan& plan, const std::string& task, const std::string& other);

// The information a selector may use there: probes and facts of the task itself; of other tasks
// also their scores at the same train size and tuning, but for its sisters.
SelectorContext context_of(const Situation& at, const std::vector<Situation>& situations,
                           const Plan& plan, const std::vector<Probe>& probes,
                           const DecisionOptions& options);

}  // namespace dovetail
