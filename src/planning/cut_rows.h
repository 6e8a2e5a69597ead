// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "examples/task.h"

namespace dovetail {

// The words, between spaces, of each source and each reference of a task, train and test. A word is
// at least one token, whatever the vocabulary, so these find rows that are cut before there is one.
struct WordCounts {
  std::vector<int64_t> sources, targets;
};

WordCounts word_counts(const TaskData& data);

// Sentences on rows that surely lose their end, since they have more words than there is room for
// tokens: limits count </s> too. Others may be cut as well, so the counts are lower bounds. A
// share below a hundredth is not noted.
std::vector<std::string> cut_row_notes(const WordCounts& words, int64_t max_source_length,
                                       int64_t max_target_length);

}  // namespace dovetail
