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
#include "tables/row_reader.h"

namespace dovetail {

// A row as a reader understands it, before it is checked. Whitespace is collapsed later.
struct Draft {
  std::string source;
  std::vector<std::string> targets;  // of a relation or text: the right answers
  std::vector<std::string> choices;  // of a question
  // For a question: the right choice, as one of choice_labels or, without these, as its text. For a
  // classification: the label as it is in the file.
  std::string answer;
  std::vector<std::string> choice_labels;
  std::map<std::string, std::string> fields;
  std::vector<std::string> strata = {};  // as Example::strata; empty: those of the importer
  std::vector<Turn> turns = {};          // of a conversation: as Example::turns
};

// How rows become examples.
struct RowRules {
  Layout layout = Layout::text;
  bool keep_duplicates = false;
  // For a classification: (label in the file, word). Empty: the labels of the file.
  std::vector<std::pair<std::string, std::string>> labels;
  std::vector<std::string> drop_targets;
  int64_t longest_answer = 0;  // in words; 0: any length
};

// The examples of one file. Rows of a relation or a text that share their source are one example.
struct SplitRows {
  std::vector<Example> examples;
  std::vector<int64_t> lines;  // the first line of each example
};

// The key that must not be in two splits: a head with its relation, a text (or a pair), a question
// with its context and its choices in any order.
std::string leak_key(const Example& example);
// The key without the choices. Examples of equal key go to the same side of a test_fraction.
std::string source_key(const Example& example);

// Checks and counts the rows of one file and makes examples of them. Bad rows are counted by class
// and skipped; the card decides whether they are an error.
class ExampleImporter : public RowSink {
 public:
  ExampleImporter(const RowRules& rules, const std::filesystem::path& file,
                  const std::string& split, DataReport& report);

  // Starts a row. Returns false for one that cannot be used (blank, too long, not UTF-8). After
  // true the caller must call exactly one of add, bad and leave_out.
  bool begin(int64_t line, std::string_view raw) override;
  void add(Draft draft);
  void bad(const std::string& what_class, const std::string& what) override;
  void leave_out(const std::string& why) { ++counts_.left_out[why]; }
  // Of the rows that are added from now on.
  void set_strata(std::vector<std::string> values) { strata_ = std::move(values); }
  void set_lines(int64_t lines) override { counts_.lines = lines; }
  // A note on the file as a whole.
  void remark(std::string note) { report_.notes.push_back(std::move(note)); }

  int64_t line() const { return line_; }
  int64_t lines() const { return counts_.lines; }
  const std::string& file() const override { return name_; }

  // Appends the file's report and returns its examples. DataError for an empty file.
  SplitRows finish();

 private:
  bool clean(Draft& draft);
  void add_references(Draft& draft);
  void add_reference(Example example, std::string target);
  void add_question(Draft& draft);
  void add_labelled(Draft& draft);
  void add_conversation(Draft& draft);
  void add_single(Example example);
  void push(Example example);
  void note_special_tokens();
  bool is_dropped(const std::string& answer) const;
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
  std::vector<std::string> strata_;
  std::vector<int64_t> special_lines_;  // of rows that spell a special token
};

}  // namespace dovetail
