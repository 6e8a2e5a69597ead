// SPDX-License-Identifier: Apache-2.0
#include "cards/card_pool.h"

#include <algorithm>
#include <iterator>
#include <unordered_set>

#include "base/error.h"
#include "base/file.h"
#include "base/names.h"
#include "base/text.h"
#include "cards/card_files.h"
#include "cards/data_notes.h"
#include "cards/leaks.h"
#include "cards/row_formats.h"
#include "cards/watched_rows.h"

namespace dovetail {

namespace fs = std::filesystem;

namespace {

struct PoolTable {
  std::vector<fs::path> files;
  RowFormat format;
  Column text;
  std::optional<Column> pair, label;
  Card::Leaks leaks = Card::Leaks::refuse;
};

// The pool's own columns, or those of the card's other files.
Column pool_column(const StrictToml& toml, const std::string& name, bool has_names) {
  const std::string own = "pool.columns." + name;
  return read_column(toml, toml.has(own) ? own : "columns." + name, int64_t{1}, has_names);
}

RowFormat pool_format(const StrictToml& toml) {
  if (toml.has("pool.format")) return read_row_format(toml, "tsv", "pool.");
  for (const char* key : {"header", "delimiter", "quotes", "rows", "json_columns"}) {
    const std::string own = std::string("pool.") + key;
    if (toml.has(own)) toml.fail(own, fmt::format("{} needs the key pool.format beside it", own));
  }
  return read_row_format(toml, "tsv");
}

PoolTable read_pool_table(const StrictToml& toml, const CardName& asked) {
  PoolTable table{.format = pool_format(toml)};
  table.files = CardFiles(toml, asked).find_all("pool.files");
  const bool has_names = table.format.header || table.format.is_json();
  table.text = pool_column(toml, "text", has_names);
  if (toml.has("columns.pair")) table.pair = pool_column(toml, "pair", has_names);
  if (toml.has("pool.columns.label") || toml.has("columns.label"))
    table.label = pool_column(toml, "label", has_names);
  if (one_of(toml, "pool.leaks", "refuse", {"refuse", "drop"}) == "drop")
    table.leaks = Card::Leaks::drop_from_train;  // the pool is the split nearer to training
  return table;
}

void take_pool_row(const PoolTable& table, const Row& row, ExampleImporter& sink) {
  std::optional<std::string> text = row.text(table.text), pair;
  if (table.pair) pair = row.text(*table.pair);
  if (!text || (table.pair && !pair)) {
    return sink.bad("missing_columns", fmt::format("there is no column or key \"{}\"",
                                                   to_string(text ? *table.pair : table.text)));
  }
  Draft draft{.source = *std::move(text), .targets = {"unlabelled"}};
  if (pair) draft.fields["pair"] = *std::move(pair);
  const auto label = table.label ? row.text(*table.label) : std::nullopt;
  draft.strata = {label ? collapse_whitespace(*label) : ""};  // taken out again in take_labels
  sink.add(std::move(draft));
}

SplitPart read_pool_part(const PoolTable& table, const fs::path& file, DataReport& report) {
  // as texts that keep their repetitions: each row is an example of its own
  const RowRules rules{.layout = Layout::text, .keep_duplicates = true};
  ExampleImporter sink(rules, file, "pool", report);
  ReadColumns read{.columns = {table.text}};
  for (const auto& column : {table.pair, table.label})
    if (column) read.columns.push_back(*column);
  read_watched_rows(file, table.format, read, sink,
                    [&](const Row& row) { take_pool_row(table, row, sink); });
  return {.file = file,
          .rows = sink.finish(),
          .report = report.files.size() - 1,
          .drop_key = "pool.leaks = \"drop\""};
}

// The index of a label as the file writes it; -1 for any other text.
int64_t label_index(const CardTask& task, const TaskData& data, const std::string& written) {
  std::string word = written;
  for (const auto& [raw, label] : task.importer.rules.labels)
    if (raw == written) word = label;
  const auto found = std::ranges::find(data.labels, word);
  return found == data.labels.end() ? -1 : found - data.labels.begin();
}

// Moves the examples into the pool, and their labels to where no method looks.
void take_labels(const CardTask& task, const TaskData& data, SplitPart part, Pool& pool) {
  for (Example& example : part.rows.examples) {
    pool.answers.push_back(label_index(task, data, example.strata.at(0)));
    example.references.clear();
    example.strata.clear();
    pool.examples.push_back(std::move(example));
  }
}

// Reads the files of the pool and compares them with the test. Refusals go into the report.
Pool read_card_pool(const PoolTable& table, const LoadedCard& loaded, CardTask task,
                    DataReport& report) {
  task.card.leaks = table.leaks;
  Pool pool;
  for (const fs::path& file : table.files) {
    SplitPart part = read_pool_part(table, file, report);
    SplitPart test{.file = loaded.test_file,
                   .rows = {loaded.data.test, loaded.test_lines},
                   .report = part.report};
    settle_leaks(task, part, test, report);
    take_labels(task, loaded.data, std::move(part), pool);
  }
  refuse_bad_rows(task.card, report);
  return pool;
}

Example example_of_line(const fs::path& file, int64_t line, std::string_view written, bool pairs) {
  const std::vector<std::string> texts = split(written, '\t');
  if (texts.size() != (pairs ? 2 : 1)) {
    throw_<DataError>("{}:{}: expected {}, found {}", file.string(), line,
                      pairs ? "two texts with a tab between them" : "one text without a tab",
                      counted(std::ssize(texts), "text"));
  }
  Example example{.source = collapse_whitespace(texts[0]), .references = {}};
  if (pairs) example.fields["pair"] = collapse_whitespace(texts[1]);
  return example;
}

StrictToml card_toml(const std::string& name) {
  return StrictToml(find_card(parse_card_name(name).file), {"*"});
}

}  // namespace

const std::vector<std::string>& card_pool_keys() {
  static const std::vector<std::string> keys = {
      "pool.files",        "pool.format",        "pool.header",       "pool.delimiter",
      "pool.quotes",       "pool.rows",          "pool.json_columns", "pool.columns.text",
      "pool.columns.pair", "pool.columns.label", "pool.leaks"};
  return keys;
}

Pool load_card_pool(const std::string& name) {
  const CardTask task = read_card(name);
  const StrictToml toml = card_toml(name);
  if (!toml.has("pool.files")) {
    throw_<ConfigError>(
        "{}: this card has no pool of unlabelled examples: give it the key pool.files, or name "
        "another pool in [adapt], such as pool = \"train\"",
        task.card.file.string());
  }
  const PoolTable table = read_pool_table(toml, parse_card_name(name));
  DataReport report;
  Pool pool = read_card_pool(table, load_card(task), task, report);
  if (!report.refusals.empty()) throw_<DataError>("{}", join(report.refusals, "\n"));
  return pool;
}

void examine_card_pool(const std::string& name, LoadedCard& loaded) {
  const StrictToml toml = card_toml(name);
  if (!toml.has("pool.files")) return;
  PoolTable table;
  try {
    table = read_pool_table(toml, parse_card_name(name));
  } catch (const ConfigError& error) {
    loaded.report.notes.push_back(fmt::format(
        "{}. The task can be used without its pool, which tapt, pcp and self_training need",
        error.what()));
    return;
  }
  DataReport own;
  read_card_pool(table, loaded, read_card(name), own);
  const auto append = [](auto& to, auto& from) { std::ranges::move(from, std::back_inserter(to)); };
  append(loaded.report.files, own.files);
  append(loaded.report.problems, own.problems);
  append(loaded.report.notes, own.notes);
  append(loaded.report.refusals, own.refusals);
}

Pool read_pool_lines(const fs::path& file, const TaskData& task) {
  const bool pairs = std::ranges::any_of(
      task.train, [](const Example& example) { return example.fields.contains("pair"); });
  std::unordered_set<std::string> test;
  for (const Example& example : task.test) test.insert(source_key(example));
  Pool pool;
  for_each_line(read_file(file), [&](int64_t line, std::string_view written) {
    if (collapse_whitespace(written).empty()) return;
    Example example = example_of_line(file, line, written, pairs);
    if (test.contains(source_key(example))) {
      throw_<DataError>(
          "{}:{}: \"{}\" is an example of the test of task {}, which leaks: remove it from the "
          "pool",
          file.string(), line, example.source, task.name);
    }
    pool.examples.push_back(std::move(example));
    pool.answers.push_back(-1);
  });
  return pool;
}

}  // namespace dovetail
