// SPDX-License-Identifier: Apache-2.0
// Cards of kind "classification": a text (or two) and a label, in columns or in JSON.
#include "base/error.h"
#include "cards/card.h"

namespace dovetail {

namespace {

const std::map<std::string, TextFormat> kRowFormats = {{"tsv", TextFormat::tsv},
                                                       {"csv", TextFormat::csv},
                                                       {"json", TextFormat::json},
                                                       {"jsonl", TextFormat::jsonl}};

struct LabelledColumns {
  TextFormat format = TextFormat::tsv;
  bool header = false;
  Column text, label;
  std::optional<Column> pair;
};

LabelledColumns read_labelled_columns(const StrictToml& toml) {
  std::vector<std::string> known;
  for (const auto& [name, format] : kRowFormats) known.push_back(name);
  LabelledColumns columns;
  columns.format = kRowFormats.at(one_of(toml, "format", "tsv", known));
  columns.header = toml.flag("header", false);
  const bool is_json = columns.format == TextFormat::json || columns.format == TextFormat::jsonl;
  if (is_json && toml.has("header")) toml.fail("header", "JSON has no header");
  for (const char* key : {"columns.text", "columns.label"}) {
    if (!toml.has(key))
      toml.fail(key, fmt::format("expected the key \"{}\", which is missing", key));
  }
  const bool has_names = columns.header || is_json;
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

}  // namespace

CardKind classification() {
  const auto make = [](const StrictToml& toml, const CardName& asked, Card&) -> Importer {
    refuse_relation(toml, asked);
    const LabelledColumns columns = read_labelled_columns(toml);
    return {.rules = {.layout = Layout::classification, .labels = read_labels(toml)},
            .read =
                [columns](const Card::Split& split, ExampleImporter& sink) {
                  read_rows(split.rows, columns.format, columns.header, sink,
                            [&](const Row& row) { take(columns, row, sink); });
                },
            .settings = {{"format", static_cast<int>(columns.format)},
                         {"header", columns.header},
                         {"text", to_string(columns.text)},
                         {"pair", columns.pair ? to_string(*columns.pair) : ""},
                         {"label", to_string(columns.label)}}};
  };
  return {.name = "classification",
          .description = "labels",
          .task_kind = "classification",
          .keys = {"format", "header", "columns.text", "columns.pair", "columns.label", "labels.*"},
          .make = make};
}

}  // namespace dovetail
