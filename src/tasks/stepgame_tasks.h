// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "examples/task.h"

namespace dovetail {

// StepGame (Shi et al. 2022) as tasks whose stories are made when they are loaded (stepgame/). What
// the tests hold out stands in the table of stepgame_tasks.cc: longer chains (k), larger distances
// (d), noise, templates, and ways to say two edges in one text. Scores are broken down by each, so
// that one test shows which of them a model bears. No test story stands in train.
std::vector<Task> stepgame_tasks();

}  // namespace dovetail
