// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "plan/json.h"
#include "plan/plan.h"
#include "plan/record.h"

// The answers of a cell beside what it was asked. Records hold answers and scores only: the test
// examples of a task are the same in all its cells.
namespace dovetail {

struct TestExample {
  std::string source;  // as in the data; templates add their words
  std::vector<std::string> references;
  // By template label, the right answers under a template that asks for something else.
  std::map<std::string, std::vector<std::string>> references_under = {};
};

// By task label, in the order of the records' scores. Tasks whose data cannot be read are missing.
using TestExamples = std::map<std::string, std::vector<TestExample>>;

struct AnsweredExample {
  int64_t place = 0;                    // in the records' scores, from 0
  std::string source;                   // "" if the task's data are missing
  std::vector<std::string> references;  // likewise empty
  std::string answer;
  std::optional<double> score;  // none: the metric has no evidence on this example
  // Of the first reference under the model, a token: exp(-loss). None for baselines without a
  // model.
  std::optional<double> likelihood;
};

// All test examples of a finished cell, in their order. `score` is of `metric`.
std::vector<AnsweredExample> answered_examples(const Cell& cell, const Record& record,
                                               const std::string& metric,
                                               const TestExamples& examples);

// The lowest scores first, or the highest; equal ones keep their order. Those without a score come
// last.
void sort_by_score(std::vector<AnsweredExample>& examples, bool lowest_first);

// {"example", "source", "references", "answer", "score", "likelihood"}; null for what is missing.
Json answered_json(const AnsweredExample& example);

}  // namespace dovetail
