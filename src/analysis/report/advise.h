// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "analysis/decisions/analysis.h"

namespace dovetail {

// The recommendation for one task (resolve_task), as text for a terminal. `size` is a label of the
// sweep
// ("examples16") or a number, for which the text names and uses the nearest size; "" for all
// sizes. Throws ConfigError for an unknown task or size (with the nearest known one), and if none
// of its cells has finished.
std::string advise(const Analysis& analysis, const std::string& task, const std::string& size = "");

// Counted training examples by train size. A size that is missing here uses the number in its
// label.
using TrainExamples = std::map<std::string, double>;

// The train size meant by `asked`: a label of the sweep, or the nearest one to a number. Throws
// ConfigError for anything else.
std::string resolve_size(const std::vector<std::string>& sizes, const std::string& asked,
                         const TrainExamples& examples = {});

}  // namespace dovetail
