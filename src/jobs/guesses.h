// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "examples/subset.h"
#include "plan/record.h"

// Answers to multiple-choice questions and classifications without a look at the question.
namespace dovetail {

// For each test example the choice at the place where the right one stands most often in the
// subset, of the places that the example has; the first of equally frequent ones.
std::vector<std::string> most_frequent_positions(const TaskData& task, const Subset& subset,
                                                 const std::vector<int64_t>& test);

// For each test example its choice with the most letters; the first of equally long ones.
std::vector<std::string> longest_choices(const TaskData& task, const std::vector<int64_t>& test);

// The expected scores of one who picks each choice with the same probability: for each example the
// mean of the scores that its choices have as answers. Corpus-level metrics, whose expectation is
// no mean over examples, are left out. The record gets no predictions.
void score_chance(const TaskData& task, const std::vector<int64_t>& test,
                  const std::vector<std::string>& metrics, Record& record);

}  // namespace dovetail
