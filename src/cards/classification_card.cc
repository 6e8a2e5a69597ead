// SPDX-License-Identifier: Apache-2.0
// Cards of kind "classification": a text (or two) and a label, in columns or in JSON.
#include "base/error.h"
#include "cards/card.h"
#include "cards/card_pool.h"
#include "cards/row_formats.h"
#include "cards/watched_rows.h"

namespace dovetail {

namespace {

struct LabelledColumns {
  RowFormat format;
  Column text, label;
  std::optional<Column> pair;

  std::vector<Column> all() const {
    std::vector<Column> all = {text, label};
    if (pair) all.push_back(*pair);
    return all;
  }
};

LabelledColumns read_labelled_columns(const StrictToml& toml) {
  LabelledColumns columns;
  columns.format = read_row_format(toml, "tsv");
  for (const char* key : {"columns.text", "columns.label"}) {
    if (!toml.has(key))
      toml.fail(key, fmt::format("expected the key \"{}\", which is missing", key));
  }
  const bool has_names = columns.format.header || columns.format.is_json();
  columns.text = read_column(toml, "columns.text", int64_t{1}, has_names);
  columns.label = read_column(toml, "columns.label", int64_t{2}, has_names);
  if (toml.has("columns.pair")) {
    columns.pair = read_column(toml, "columns.pair", int64_t{3}, has_names);
  }
  return columns;
}

void take(const LabelledColumns& columns, const Row& row, ExampleImporter& sink) {
  std::optional<std::string> text = row.text(columns.text), label = row.text(columns.label), pair;
  if (columns.pair) pair = row.text(*columns.pair);
  const Column* missing = !text                   ? &columns.text
                          : !label                ? &columns.label
                          : columns.pair && !pair ? &*columns.pair
                                                  : nullptr;
  if (missing) {
    return sink.bad("missing_columns",
                    fmt::format("there is no {} \"{}\"", "column or key", to_string(*missing)));
  }
  Draft draft{.source = *std::move(text), .answer = *std::move(label)};
  if (pair) {
    if (pair->find_first_not_of(" \t\r\n") == std::string::npos) {
      return sink.bad("empty_sources", "the second text is empty");
    }
    draft.fields["pair"] = *std::move(pair);
  }
  sink.add(std::move(draft));
}

nlohmann::json settings_of_labelled(const LabelledColumns& columns) {
  nlohmann::json settings = settings_of(columns.format);
  settings["text"] = to_string(columns.text);
  settings["pair"] = columns.pair ? to_string(*columns.pair) : "";
  settings["label"] = to_string(columns.label);
  settings["header"] = columns.format.header;
  return settings;
}

}  // namespace

CardKind classification() {
  const auto make = [](const StrictToml& toml, const CardName& asked, Card&) -> Importer {
    refuse_relation(toml, asked);
    const LabelledColumns columns = read_labelled_columns(toml);
    ReadColumns read{columns.all(), toml.texts("ignore")};
    read.add_strata(read_strata(toml, columns.format.header || columns.format.is_json()));
    return {.rules = {.layout = Layout::classification, .labels = read_labels(toml)},
            .read =
                [columns, read](const Card::Split& split, ExampleImporter& sink) {
                  read_watched_rows(split.rows, columns.format, read, sink,
                                    [&](const Row& row) { take(columns, row, sink); });
                },
            .settings = settings_of_labelled(columns),
            .strata = names_of(read.strata)};
  };
  std::vector<std::string> keys = row_format_keys();
  keys.insert(keys.end(), card_pool_keys().begin(), card_pool_keys().end());
  keys.insert(keys.end(), {"columns.text", "columns.pair", "columns.label", "labels.*"});
  return {.name = "classification",
          .description = "labels",
          .task_kind = "classification",
          .keys = keys,
          .make = make};
}

}  // namespace dovetail
