// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "analysis/selectors/selectors.h"

namespace dovetail {

enum class Best { lowest, highest };

// The candidate whose probes without shots have the best mean of `measure`, a key of
// Probe::per_example. The confidence is the share of bootstrap resamples in which it stays the
// best, the value its lead over the second. `words` names the measure in texts ("validation
// score"). No choice where no probe has the measure, the probes have different numbers of examples,
// or all candidates agree on every example.
Selection best_probe(const SelectorContext& context, const std::string& measure, Best best,
                     const std::string& words);

}  // namespace dovetail
