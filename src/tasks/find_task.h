// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "examples/task.h"

namespace dovetail {

// The catalogue (tasks.inc), by name.
const std::vector<Task>& tasks();

// A task by name: one of the catalogue, one described by a data set card (FILE.toml,
// FILE.toml#RELATION, FILE.toml#split_seed=21; see card.h), or a training task of the adaptation
// (adaptation_tasks.h). A card that is not there is looked up in the project's data/cards. Throws
// ConfigError.
Task find_task(const std::string& name_or_card);

}  // namespace dovetail
