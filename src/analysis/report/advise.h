// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "analysis/decisions/analysis.h"

namespace dovetail {

// The recommendation for one task, as text for a terminal. `size` is a label of the sweep
// ("heads16"), or a number, for which the nearest size of the sweep is taken and named; "" for all
// sizes. Throws ConfigError for a task or size that the sweep does not have (with the nearest known
// one), and where nothing of it has finished.
std::string advise(const Analysis& analysis, const std::string& task, const std::string& size = "");

// Training heads by train size, as counted; a size that is not there goes by the number in its
// label.
using TrainHeads = std::map<std::string, double>;

// The train size that is asked for: a label of the sweep, or for a number the nearest one.
// ConfigError for anything else.
std::string resolve_size(const std::vector<std::string>& sizes, const std::string& asked,
                         const TrainHeads& heads = {});

}  // namespace dovetail
