// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "examples/task.h"

namespace dovetail {

// The catalogue (tasks.inc), by name.
const std::vector<Task>& tasks();

// A task of the catalogue, or one described by a data set card: FILE.toml, FILE.toml#RELATION
// for one relation of a card of all, FILE.toml#split_seed=21 (card.h). A file that is not there is
// looked for in the project's data/cards. Throws ConfigError.
Task find_task(const std::string& name_or_card);

}  // namespace dovetail
