// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "examples/task.h"

namespace dovetail {

// The training examples that a cell asks for. The first field above 0 of per_class, examples and
// fraction counts. Without any: all examples that are not held out for validation.
struct SubsetRequest {
  // Examples of each label; for questions the most of each place of the right choice.
  int64_t per_class = 0;
  int64_t examples = 0;
  double fraction = 0;     // of the examples not held out for validation; at least one
  int64_t references = 0;  // the most references an example keeps; 0: all
  int64_t validation_examples = 0;
  uint64_t seed = 0;
  // Validates on TaskData::validation, where the data have it, so that all of train remains for
  // training.
  bool own_validation = false;
};

// The training examples of one cell, as indices into `train`. Subsets of one seed are nested: the
// examples of a smaller one are a prefix of those of a larger one.
struct Subset {
  std::vector<int64_t> examples;
  int64_t references = 0;           // the most references an example keeps; 0: all
  std::vector<int64_t> validation;  // of the training side, never in `examples`
  bool own_validation = false;      // `validation` indexes TaskData::validation, not `train`
};

// Chooses the examples. A seed has the same validation examples at every size. ConfigError for more
// examples (of a label) than there are, and for per_class where examples have no answer.
Subset choose_subset(const TaskData& data, const SubsetRequest& request);

// The test examples that every cell of the task is scored on, in the order of a hash of their text,
// so that neither a seed nor the order of the file matters. A smaller `count` gives a prefix of a
// larger one; 0, or more than there are, gives all.
std::vector<int64_t> choose_test(const TaskData& data, int64_t count);

}  // namespace dovetail
