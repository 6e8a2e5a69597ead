// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "examples/subset.h"
#include "examples/task.h"

namespace dovetail {

// Unlabelled examples of a task, which semi-supervised methods learn from.
struct Pool {
  // They have neither references nor an answer, so that no code that is given one can see its
  // label.
  std::vector<Example> examples;
  // The data's own labels, one for each example, as indices into the task's labels; -1: unknown.
  // They measure predicted labels and serve the controls with true labels, and nothing else.
  std::vector<int64_t> answers;
};

// The training examples that a cell takes neither as labelled ones nor for validation; and those
// that it takes as labelled ones.
Pool rest_of_train(const TaskData& task, const Subset& labelled);
Pool labelled_as_pool(const TaskData& task, const Subset& labelled);

// The first `count` examples in the order of a hash of their text, so that fewer are a prefix of
// more; 0: all. ConfigError where there are fewer.
Pool choose_pool(const TaskData& task, Pool pool, int64_t count);

}  // namespace dovetail
