// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "analysis/report/answered.h"
#include "plan/plan.h"

namespace dovetail {

// The test examples of a sweep's tasks, in the order of its records' scores.
struct SweepTestExamples {
  TestExamples known;
  std::map<std::string, std::string> unknown;  // by task label: why they are not known, a sentence
};

// Reads them from DIR/test_examples.jsonl, where an earlier report left them, and otherwise from
// the data that the plan names, if these are still what the sweep was run on. A file that cannot be
// read, or whose lines are not those that were written, counts as missing. Writes nothing.
SweepTestExamples read_test_examples(const std::filesystem::path& folder, const Plan& plan);

// Writes DIR/test_examples.jsonl, so that a results folder explains itself without its data: a line
// {"task", "fingerprint", "source", "references"} for each example, in that order. Leaves a file
// alone that has the same content. Throws SystemError.
void save_test_examples(const std::filesystem::path& folder, const Plan& plan,
                        const TestExamples& examples);

}  // namespace dovetail
