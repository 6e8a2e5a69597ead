// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "cards/card.h"
#include "cards/row_formats.h"
#include "cards/source_text.h"

namespace dovetail {

// How an answer names its choice.
enum class AnswerIs {
  text,    // by the choice's text
  letter,  // A, B, in either case
  index,   // from 0
  number,  // from 1
  key,     // by the name of the choice's column
  label    // by a label that the row has for each choice
};

// The columns of a table, by what they are for. The ones that are there decide the layout: choices
// make questions, a label makes a classification, a target makes texts.
struct TableColumns {
  Layout layout = Layout::text;
  SourceText source;
  std::optional<Column> target, answer, label, choice_labels, id;
  std::vector<Column> choices;           // one list, or a column each
  std::map<std::string, Column> fields;  // name -> column
  AnswerIs answer_is = AnswerIs::text;

  std::vector<Column> all() const;
};

// The card's keys `keys.*` and `answer_is`. ConfigError for keys that do not go together, and for
// fields that no template of the layout says.
TableColumns read_table_columns(const StrictToml& toml);

const std::vector<std::string>& table_column_keys();

// The example that a row makes; what is missing goes to the sink, and nullopt is returned.
std::optional<Draft> draft_of(const TableColumns& columns, const Row& row, ExampleImporter& sink);

// Answers by index or number, looked at as a whole: counted from the wrong end, a few fall out of
// the choices and all others are wrong.
class AnswerCount {
 public:
  void add(const TableColumns& columns, const Draft& draft);
  // DataError where the answers seem to be counted from the other start.
  void check(const TableColumns& columns, const std::string& file) const;

 private:
  int64_t zeros_ = 0, last_ = 0, beyond_ = 0;
};

}  // namespace dovetail
