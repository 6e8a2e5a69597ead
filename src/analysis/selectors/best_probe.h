// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "analysis/selectors/selectors.h"

namespace dovetail {

enum class Best { lowest, highest };

// A choice with its probes' values: a row a probe, by example, negated if the lowest is best.
struct ProbedChoice {
  Candidate at;
  Scores scores;
  int64_t tuned_on = 0;
};

// The candidates that have probes without shots of `measure`, a key of Probe::per_example.
std::vector<ProbedChoice> probed_candidates(const SelectorContext& context,
                                            const std::string& measure, Best best);

// The choice with the best mean. The confidence is the share of bootstrap resamples in which it
// stays the best, the value its lead over the second. `words` names the measure in texts
// ("validation score"). No choice where there is none to choose from, they have different numbers
// of examples, or all agree on every example. The reason is left to the caller.
Selection best_of(const std::vector<ProbedChoice>& probed, const SelectorContext& context,
                  const std::string& words);

// The candidate whose probes have the best mean of `measure`.
Selection best_probe(const SelectorContext& context, const std::string& measure, Best best,
                     const std::string& words);

// The template with the lowest mean of `measure`, compared within each base (objective and
// adaptation) and then averaged over the bases: from every value the mean over the templates of its
// base is taken away first. Which base is the better language model so decides nothing, and the
// objective is left to chance.
Selection lowest_template_within_bases(const SelectorContext& context, const std::string& measure,
                                       const std::string& words);

}  // namespace dovetail
