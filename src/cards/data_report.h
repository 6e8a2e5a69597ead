// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace dovetail {

// What was met in one file. Every row is kept, a duplicate, left out as the card asks, or bad:
// rows = kept + duplicates (where those are dropped) + left_out + bad_rows().
struct FileReport {
  std::string file;
  std::string split;  // train, dev, test
  int64_t lines = 0;  // with a header and blank ones
  int64_t blank_lines = 0;
  int64_t rows = 0;
  int64_t kept = 0;
  int64_t duplicates = 0;                   // the same row again
  std::map<std::string, int64_t> left_out;  // other_relations, dropped_targets, long_answers
  std::map<std::string, int64_t> bad;       // docs/data.md lists the classes
  int64_t leaks = 0;                        // examples that another split has too

  int64_t bad_rows() const;
};

// Of a classification: how many examples of each split have the label.
struct LabelReport {
  std::string label;
  int64_t train = 0, test = 0, dev = 0;
};

struct DataReport {
  std::string name;  // of the task
  std::vector<FileReport> files;
  std::vector<std::string> problems;  // FILE:LINE: what; the first kMaxProblems bad rows
  std::vector<std::string> notes;     // worth knowing, and no reason to refuse
  std::vector<std::string> refusals;  // why the data must not be used; empty: they may be
  int64_t train_examples = 0, test_examples = 0, dev_examples = 0;
  int64_t train_references = 0, test_references = 0, dev_references = 0;
  // Sources of train that test has too, as something else: a head under another relation, a
  // question with other choices. No leak, but worth knowing.
  int64_t shared_sources = 0;
  std::vector<LabelReport> labels = {};  // in the order of TaskData::labels
};
inline constexpr size_t kMaxProblems = 20;
inline constexpr size_t kMaxRowBytes = 65536;
// With fewer a note says so: a percent is then more than one example.
inline constexpr int64_t kFewTestExamples = 100;

void to_json(nlohmann::json& json, const FileReport& report);
void to_json(nlohmann::json& json, const LabelReport& report);
void to_json(nlohmann::json& json, const DataReport& report);

}  // namespace dovetail
