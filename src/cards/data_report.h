// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace dovetail {

// The rows of one file by what became of them:
// rows = kept + duplicates (where those are dropped) + left_out + bad_rows().
struct FileReport {
  std::string file;
  std::string split;  // train, dev, test
  int64_t lines = 0;  // header and blank lines included
  int64_t blank_lines = 0;
  int64_t rows = 0;
  int64_t kept = 0;
  int64_t duplicates = 0;                   // rows that repeat an earlier one
  std::map<std::string, int64_t> left_out;  // other_relations, dropped_targets, long_answers
  std::map<std::string, int64_t> bad;       // docs/data.md lists the classes
  int64_t leaks = 0;                        // examples that are also in another split

  int64_t bad_rows() const;
};

// How many examples of each split have a label of a classification.
struct LabelReport {
  std::string label;
  int64_t train = 0, test = 0, dev = 0;
};

struct DataReport {
  std::string name;  // of the task
  std::vector<FileReport> files;
  std::vector<std::string> problems;  // FILE:LINE: reason, for the first kMaxProblems bad rows
  std::vector<std::string> notes;     // observations that are no reason to refuse the data
  std::vector<std::string> refusals;  // reasons not to use the data; empty: none
  int64_t train_examples = 0, test_examples = 0, dev_examples = 0;
  int64_t train_references = 0, test_references = 0, dev_references = 0;
  // Sources that train and test share without a leak: a head under another relation, a question
  // with other choices.
  int64_t shared_sources = 0;
  std::vector<LabelReport> labels = {};  // in the order of TaskData::labels
};
inline constexpr size_t kMaxProblems = 20;
// Fewer get a note: an example is then more than one percent.
inline constexpr int64_t kFewTestExamples = 100;

void to_json(nlohmann::json& json, const FileReport& report);
void to_json(nlohmann::json& json, const LabelReport& report);
void to_json(nlohmann::json& json, const DataReport& report);

}  // namespace dovetail
