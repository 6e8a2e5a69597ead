// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "examples/task.h"

namespace dovetail {

// How many training examples a cell asks for. The first of these that is above 0 counts; none:
// all of those that are not held out for validation, however many.
struct SubsetRequest {
  // So many of each label; of questions up to so many of each place of the right choice.
  int64_t per_class = 0;
  int64_t heads = 0;    // so many examples
  double fraction = 0;  // that part of those not held out for validation, at least one
  int64_t tails = 0;    // up to so many references each; 0: all
  int64_t validation_examples = 0;
  uint64_t seed = 0;
  // Where the data have validation examples of their own (TaskData::validation): up to
  // validation_examples of those, and all of train is there to train on.
  bool own_validation = false;
};

// The training examples of one cell, as indices into `train` with the number of tails to keep.
// Subsets are nested: for one seed the smaller size's heads are a prefix of the larger one's.
struct Subset {
  std::vector<int64_t> heads;
  int64_t tails = 0;                // up to so many references each; 0: all
  std::vector<int64_t> validation;  // of the training side, never in `heads`
  bool own_validation = false;      // `validation` counts TaskData::validation, not `train`
};
// The validation examples of a seed are the same at every size. ConfigError when there are not
// that many examples (of a label), and for per_class where examples have no answer.
Subset choose_subset(const TaskData& data, const SubsetRequest& request);

// The test examples that every cell of the task is scored on: `count` of them (0, or more than
// there are: all), chosen by a hash of their text, so that neither seed nor order of the file
// decides. In the order of the hash: the smaller set is a prefix of the larger one.
std::vector<int64_t> choose_test(const TaskData& data, int64_t count);

}  // namespace dovetail
