// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "plan/plan.h"

namespace dovetail {

// The label of the task that somebody asks for: a label itself ("wordnet.antonym"), the name that
// the sweep gives a task of the catalogue ("wordnet/antonym"), or the path of a card, as in the
// sweep file or from the working directory ("cards/mine.toml"). Throws ConfigError for an unknown
// task, with the nearest known one, and for a name that several labels have.
std::string resolve_task(const Plan& plan, const std::string& asked);

}  // namespace dovetail
