// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "examples/task.h"
#include "plan/json.h"
#include "sweep/data_inspector.h"

namespace dovetail {

// The facts of a task's training side that rules of thumb decide by (MTO's temp_flex and temp_len):
// "kind", "relation", "flex_fills", "layout", "mean_choice_words", "question_mark_share"; and
// "source_sketch", by which sister tasks are known: the least hashes of all sources, ascending. And
// what baselines ask for, where the data have it: "strata" (names of columns) and "rules".
Json facts_of(const TaskData& data);

// The strata of all test examples, in the order in which cells are scored on them.
TaskStrata strata_of_test(const TaskData& data);

// Counts and mean lengths, in characters.
TaskSize size_of(const TaskData& data);

}  // namespace dovetail
