// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "cards/data_report.h"
#include "examples/task.h"

namespace dovetail {

// A row as an importer understands it, before it is checked. Runs of blanks become one.
struct Draft {
  std::string source;
  std::vector<std::string> targets;  // of a relation or text: what may be answered
  std::vector<std::string> choices;  // of a question
  // Which choice is right, as one of choice_labels; of a classification: the label as the file
  // has it. A question without choice_labels is answered by a choice's own text.
  std::string answer;
  std::vector<std::string> choice_labels;
  std::map<std::string, std::string> fields;
};

// How rows become examples.
struct RowRules {
  Layout layout = Layout::text;
  bool keep_duplicates = false;
  // Of a classification: as the file has it -> the word. Empty: the file's own words.
  std::vector<std::pair<std::string, std::string>> labels;
  std::vector<std::string> drop_targets;
  int64_t longest_answer = 0;  // words; examples with a longer one are left out; 0: any length
};

// The examples of one file. Rows of a relation or a text that share their source are one example.
struct SplitRows {
  std::vector<Example> examples;
  std::vector<int64_t> lines;  // where each was first met
};

// What must not be in two splits: the head with its relation, the text (or both), the question
// with what it is about and its choices in any order.
std::string leak_key(const Example& example);
// The same without the choices. Examples that share it go to the same side of a test_fraction.
std::string source_key(const Example& example);

// Takes the rows of one file, checks and counts them. A row that cannot be used is counted under
// its class and skipped; whether that is an error is the card's affair.
class ExampleImporter {
 public:
  ExampleImporter(const RowRules& rules, const std::filesystem::path& file,
                  const std::string& split, DataReport& report);

  // A row begins. False where nothing can be made of it (blank, too long, not UTF-8); after true
  // exactly one of add, bad and leave_out must follow.
  bool begin(int64_t line, std::string_view raw);
  void add(Draft draft);
  void bad(const std::string& what_class, const std::string& what);
  void leave_out(const std::string& why) { ++counts_.left_out[why]; }
  void set_lines(int64_t lines) { counts_.lines = lines; }

  int64_t line() const { return line_; }
  const std::string& file() const { return name_; }

  // Writes the file's report.
  SplitRows finish();

 private:
  bool clean(Draft& draft);
  void add_references(Draft& draft);
  void add_reference(Example example, std::string target);
  void add_question(Draft& draft);
  void add_labelled(Draft& draft);
  void add_single(Example example);
  void push(Example example);
  bool is_too_long(const std::string& answer) const;
  void note(const std::string& what);

  const RowRules& rules_;
  const std::string name_;
  DataReport& report_;
  FileReport counts_;
  SplitRows rows_;
  std::unordered_map<std::string, size_t> index_;  // leak_key -> position in examples
  std::unordered_set<std::string> seen_;           // source and target
  int64_t line_ = 0;
};

}  // namespace dovetail
