// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "examples/pool.h"

namespace dovetail {

// The unlabelled examples of a task, which `name_or_card` names as find_task has it. `from` is
// "card", for the card's own pool, or "file", for the lines of a file. ConfigError for a task
// without a card, and as load_card_pool and read_pool_lines.
Pool find_pool(const TaskData& task, const std::string& name_or_card, const std::string& from,
               const std::string& file);

}  // namespace dovetail
