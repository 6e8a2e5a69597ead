// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "sweep/sweep.h"
#include "sweep/toml_table.h"

namespace dovetail {

// The table that patterns stand in, for messages.
struct PatternPlace {
  const char* table;  // "[[exclude]]"
  const char* owner;  // "the exclusion"
};

// The labels of an axis that a label, a glob or a list of them matches, each once. The slash name
// of a task matches its label, and the numbers of seed and train_size need no quotes. ConfigError
// for a pattern that matches nothing, with the nearest label.
std::vector<std::string> matching_labels(const toml::node& node, const std::string& axis,
                                         const std::vector<AxisValue>& values,
                                         const PatternPlace& place);

}  // namespace dovetail
