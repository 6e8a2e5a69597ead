// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analysis/decisions/analysis.h"

namespace dovetail {

// Prints a recommendation for each task and training size, what the sweep teaches beyond them, and
// what to beware of.
void print_recommendations(const Analysis& analysis);

}  // namespace dovetail
