// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "examples/subset.h"
#include "plan/record.h"

// Answers without a model: to multiple-choice questions and classifications without a look at the
// question, and by rules that the task's data bring.
namespace dovetail {

// For each test example the choice at the place where the right one stands most often in the
// subset, of the places that the example has; the first of equally frequent ones.
std::vector<std::string> most_frequent_positions(const TaskData& task, const Subset& subset,
                                                 const std::vector<int64_t>& test);

// For each test example its choice with the most letters; the first of equally long ones.
std::vector<std::string> longest_choices(const TaskData& task, const std::vector<int64_t>& test);

// For each test example the most frequent first reference of the subset's examples that agree with
// it in the first column of TaskData::strata; of all, where none agrees.
std::vector<std::string> most_frequent_in_stratum(const TaskData& task, const Subset& subset,
                                                  const std::vector<int64_t>& test);

// For each test example what a rule of the task answers, and `otherwise` where it does not apply.
std::vector<std::string> answers_by_rule(const TaskData& task, const std::string& rule,
                                         const std::string& otherwise,
                                         const std::vector<int64_t>& test);

// The expected scores of one who picks each choice with the same probability: for each example the
// mean of the scores that its choices have as answers. Corpus-level metrics, whose expectation is
// no mean over examples, are left out. The record gets no predictions.
void score_chance(const TaskData& task, const std::vector<int64_t>& test,
                  const std::vector<std::string>& metrics, Record& record);

}  // namespace dovetail
