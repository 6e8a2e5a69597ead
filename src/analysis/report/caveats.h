// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "analysis/decisions/analysis.h"

namespace dovetail {

// The limits of this run that its reader should know: unfinished and failed cells, few test
// examples, cut sources and targets, metrics without evidence, few seeds, pre-training that was not
// repeated, several versions of the code.
std::vector<std::string> caveats(const Analysis& analysis);

}  // namespace dovetail
