// SPDX-License-Identifier: Apache-2.0
#include "cards/watched_rows.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/names.h"
#include "base/text.h"

namespace dovetail {

namespace {

using JsonRow = nlohmann::json;

constexpr int64_t kLooked = 50;  // rows in which JSON as text is looked for

// Names that people give to columns, and that are hardly the contents of a first row.
const std::set<std::string> kUsualNames = {
    "answer",   "answers",   "category",  "class",     "context",  "description", "head",
    "id",       "index",     "input",     "label",     "labels",   "output",      "passage",
    "pair",     "premise",   "prompt",    "question",  "relation", "response",    "review",
    "sentence", "sentence1", "sentence2", "source",    "stars",    "tail",        "target",
    "text",     "text_a",    "title",     "hypothesis"};

bool is_json_text(const std::string& text) {
  const std::string_view shown = trim(text);
  if (shown.size() < 2 || (shown[0] != '[' && shown[0] != '{')) return false;
  return !JsonRow::parse(shown, nullptr, false).is_discarded();
}

class RowWatch {
 public:
  RowWatch(const RowFormat& format, const ReadColumns& read, ExampleImporter& sink)
      : format_(format), read_(read), sink_(sink) {
    for (const Column& column : read.columns) roots_.insert(root_of(column));
    roots_.insert(read.ignored.begin(), read.ignored.end());
    roots_.insert({kRowName, kRowValue});
  }

  void watch(const Row& row) {
    if (++rows_ == 1) header_ = row.header();
    if (rows_ == 1 && header_.empty()) watch_first(row.cells());
    width_ = std::max(width_, row.cells().size());
    if (format_.text == TextFormat::tsv) watch_quotes(row.cells());
    if (row.stray_quote() && ++stray_quotes_ == 1) first_quote_ = sink_.line();
    for (const JsonRow& object : row.objects()) {
      for (const auto& [key, value] : object.items()) {
        if (!roots_.contains(key)) unread_.insert(key);
      }
    }
    if (rows_ <= kLooked) watch_json(row);
  }

  void remark() {
    remark_unread();
    if (quotes_ > 0) {
      add("{} cells begin with a quote (\"), the first in line {}, and are read as they stand; if "
          "the file quotes its cells, set quotes = true",
          quotes_, first_quote_);
    }
    if (stray_quotes_ > 0) {
      add("{} have a quote (\") that is not closed, or that closes in the midst of a text, the "
          "first "
          "in line {}, and are read as they stand; double the quotes within a quoted cell",
          counted(stray_quotes_, "row"), first_quote_);
    }
    for (const auto& [column, count] : json_texts_) {
      if (2 * count < std::min(rows_, kLooked)) continue;
      add("the texts of \"{0}\" are JSON; to read what is in them, set json_columns = [\"{0}\"]",
          column);
    }
    if (first_looks_like_header_) {
      add("line 1 looks like a header and is read as a row; if it is one, set header = true");
    }
  }

 private:
  template <typename... Values>
  void add(fmt::format_string<Values...> text, Values&&... values) {
    sink_.remark(sink_.file() + ": " + fmt::format(text, std::forward<Values>(values)...));
  }

  void watch_first(const std::vector<std::string>& cells) {
    first_looks_like_header_ =
        !cells.empty() && std::all_of(cells.begin(), cells.end(), [](const std::string& cell) {
          return kUsualNames.contains(lower_case(trim(cell)));
        });
  }

  void watch_quotes(const std::vector<std::string>& cells) {
    for (const std::string& cell : cells) {
      if (!cell.starts_with('"')) continue;
      if (++quotes_ == 1) first_quote_ = sink_.line();
    }
  }

  void watch_json(const Row& row) {
    for (const Column& column : read_.columns) {
      const std::string name = root_of(column);
      if (!row.has(column)) continue;  // joined later, or missed when it is read
      if (to_string(column) != name || std::ranges::count(format_.json_columns, name) > 0) continue;
      const std::optional<std::string> text = row.text(column);
      if (text && is_json_text(*text)) ++json_texts_[name];
    }
  }

  // A column without a name is called by its number.
  void remark_unread() {
    std::vector<std::string> columns;
    for (size_t i = 0; i < width_; ++i) {
      const bool named = i < header_.size() && !header_[i].empty();
      const std::string number = std::to_string(i + 1), name = named ? header_[i] : number;
      if (!roots_.contains(name) && !roots_.contains(number)) columns.push_back(name);
    }
    columns.insert(columns.end(), unread_.begin(), unread_.end());
    if (columns.empty()) return;
    add("nothing reads the {} {}; if that is right, list {} in the card's key ignore",
        columns.size() == 1 ? "column" : "columns", join(columns, ", "),
        columns.size() == 1 ? "it" : "them");
  }

  const RowFormat& format_;
  const ReadColumns& read_;
  ExampleImporter& sink_;
  std::set<std::string> roots_, unread_;
  std::vector<std::string> header_;
  std::map<std::string, int64_t> json_texts_;
  size_t width_ = 0;
  int64_t rows_ = 0, quotes_ = 0, stray_quotes_ = 0, first_quote_ = 0;
  bool first_looks_like_header_ = false;
};

// Puts the row's strata into the sink; false for a row that lacks one.
bool take_strata(const std::vector<Column>& columns, const Row& row, ExampleImporter& sink) {
  std::vector<std::string> values;
  for (const Column& column : columns) {
    std::optional<std::string> value = row.text(column);
    if (!value || trim(*value).empty()) {
      sink.bad("missing_columns",
               fmt::format("there is no value for the stratum \"{}\"", to_string(column)));
      return false;
    }
    values.push_back(*std::move(value));
  }
  sink.set_strata(std::move(values));
  return true;
}

}  // namespace

void read_watched_rows(const std::filesystem::path& file, const RowFormat& format,
                       const ReadColumns& read, ExampleImporter& sink,
                       const std::function<void(Row&)>& take) {
  RowWatch watch(format, read, sink);
  read_rows(file, format, sink, [&](Row& row) {
    watch.watch(row);
    if (take_strata(read.strata, row, sink)) take(row);
  });
  watch.remark();
}

}  // namespace dovetail
