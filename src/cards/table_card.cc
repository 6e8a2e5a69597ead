// SPDX-License-Identifier: Apache-2.0
// Cards of kind "table": rows of any file (CSV, TSV, JSON, Parquet), by the names or numbers of
// their columns. "jsonl" is the same with JSON lines as the usual format.
#include "base/error.h"
#include "cards/card.h"
#include "cards/joined_answers.h"
#include "cards/table_columns.h"

namespace dovetail {

namespace {

struct TableReader {
  RowFormat format;
  TableColumns columns;
  ReadColumns read;
  RowFormat answers;  // of the file of answers
  std::optional<Column> answers_id;

  std::optional<JoinedAnswers> joined(const Card::Split& split) const {
    if (split.answers.empty()) return std::nullopt;
    if (!columns.id) return JoinedAnswers(split.answers, format.encoding);
    return JoinedAnswers(split.answers, answers, *answers_id);
  }

  void operator()(const Card::Split& split, ExampleImporter& sink) const {
    const std::optional<JoinedAnswers> second = joined(split);
    AnswerCount count;
    read_watched_rows(split.rows, format, read, sink, [&](Row& row) {
      if (second) {
        const std::string reason = second->join(row, columns.id.value_or(Column()), sink.line());
        if (!reason.empty()) return sink.bad("missing_columns", reason);
      }
      std::optional<Draft> draft = draft_of(columns, row, sink);
      if (!draft) return;
      count.add(columns, *draft);
      sink.add(*std::move(draft));
    });
    count.check(columns, sink.file());
    if (second) second->expect_lines(sink.lines(), sink.file());
  }
};

// Columns are called by name unless the card gives numbers alone; names stand in a header.
void choose_header(const StrictToml& toml, TableReader& table) {
  if (!table.format.has_cells() || table.format.text == TextFormat::label_text) return;
  bool any_name = false;
  for (const Column& column : table.read.columns) {
    const std::string root = root_of(column);
    any_name = any_name || (root != JoinedAnswers::kColumn &&
                            root.find_first_not_of("0123456789") != std::string::npos);
  }
  table.format.header = toml.flag("header", any_name);
  if (any_name && !table.format.header) {
    toml.fail("header", "a column that is called by its name needs header = true");
  }
}

void read_answers_keys(const StrictToml& toml, TableReader& table) {
  const bool any = toml.has("train_answers");
  for (const char* key : {"keys.id", "answers_id"}) {
    if (toml.has(key) && !any) toml.fail(key, "this needs a file of answers: train_answers");
  }
  if (toml.has("keys.id") != toml.has("answers_id")) {
    toml.fail("keys.id",
              "keys.id (the column of the rows) and answers_id (that of the answers) "
              "belong together");
  }
  for (const std::string split : {"train", "test", "dev"}) {
    if (any != toml.has(split + "_answers") && toml.has(split)) {
      toml.fail(split,
                fmt::format("expected the key {}_answers, as the other splits have it", split));
    }
  }
  if (!toml.has("answers_id")) return;
  table.answers_id = read_column(toml, "answers_id", int64_t{1}, true);
  table.answers = row_format_of_name(toml, "train_answers");
  table.answers.header =
      table.answers.has_cells() && std::holds_alternative<std::string>(*table.answers_id);
}

std::string task_kind_of(Layout layout) {
  if (layout == Layout::question) return "choice";
  return layout == Layout::classification ? "classification" : "generation";
}

nlohmann::json table_settings(const StrictToml& toml, const TableReader& table) {
  nlohmann::json settings = settings_of(table.format);
  for (const char* key : {"source", "target", "answer", "label", "choice_labels", "id"}) {
    const std::string path = std::string("keys.") + key;
    if (toml.has(path)) settings[key] = to_string(toml.number_or_text(path, 0));
  }
  for (const Column& column : table.columns.choices)
    settings["choices"].push_back(to_string(column));
  for (const auto& [name, column] : table.columns.fields)
    settings["fields"][name] = to_string(column);
  settings["answer_is"] = static_cast<int>(table.columns.answer_is);
  if (table.answers_id) {
    settings["answers"] = settings_of(table.answers);
    settings["answers_id"] = to_string(*table.answers_id);
  }
  return settings;
}

Importer make_table_importer(const StrictToml& toml, const CardName& asked, Card& card,
                             const std::string& usual_format) {
  refuse_relation(toml, asked);
  TableReader table{.format = read_row_format(toml, usual_format),
                    .columns = read_table_columns(toml)};
  if (table.format.text == TextFormat::label_text) table.format.header = false;
  table.read = {table.columns.all(), toml.texts("ignore")};
  table.read.add_strata(read_strata(toml, true));
  choose_header(toml, table);
  read_answers_keys(toml, table);
  if (!toml.has("task_kind")) card.task_kind = task_kind_of(table.columns.layout);
  return {.rules = {.layout = table.columns.layout, .labels = read_labels(toml)},
          .read = table,
          .settings = table_settings(toml, table),
          .strata = names_of(table.read.strata)};
}

CardKind table_kind(const std::string& name, const std::string& usual_format) {
  std::vector<std::string> keys = row_format_keys();
  keys.insert(keys.end(), table_column_keys().begin(), table_column_keys().end());
  return {.name = name,
          .description = "answers",
          .task_kind = "generation",
          .reads_answers = true,
          .keys = keys,
          .make = [usual_format](const StrictToml& toml, const CardName& asked, Card& card) {
            return make_table_importer(toml, asked, card, usual_format);
          }};
}

}  // namespace

CardKind table() { return table_kind("table", ""); }
CardKind jsonl() { return table_kind("jsonl", "jsonl"); }

}  // namespace dovetail
