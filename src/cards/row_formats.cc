// SPDX-License-Identifier: Apache-2.0
#include "cards/row_formats.h"

#include <algorithm>
#include <filesystem>
#include <map>

#include "base/names.h"
#include "base/text.h"
#include "cards/card.h"
#include "tables/data_file.h"

namespace dovetail {

namespace {

const std::map<std::string, TextFormat> kFormats = {
    {"tsv", TextFormat::tsv},
    {"csv", TextFormat::csv},
    {"json", TextFormat::json},
    {"jsonl", TextFormat::jsonl},
    {"parquet", TextFormat::jsonl},  // DataFile makes JSON lines of it
    {"label_text", TextFormat::label_text}};

const std::map<std::string, std::string> kEndings = {
    {".tsv", "tsv"},     {".txt", "tsv"},      {".csv", "csv"},        {".json", "json"},
    {".jsonl", "jsonl"}, {".ndjson", "jsonl"}, {".parquet", "parquet"}};

std::vector<std::string> format_names() {
  std::vector<std::string> names;
  for (const auto& [name, format] : kFormats) names.push_back(name);
  return names;
}

std::string format_of_name(const StrictToml& toml, const std::string& key) {
  std::filesystem::path name = toml.text(key);
  for (const char* packed : {".gz", ".bz2", ".xz", ".zst"}) {
    if (name.extension() == packed) name.replace_extension();
  }
  const auto found = kEndings.find(lower_case(name.extension().string()));
  if (found != kEndings.end()) return found->second;
  toml.fail(key,
            fmt::format("the name {} does not tell how its rows are written; {}", toml.text(key),
                        key == "train" ? "add the key format: " + join(format_names(), ", ")
                                       : "give it an ending such as .csv or .jsonl"));
}

void refuse_for_json(const StrictToml& toml, const std::string& table) {
  for (const char* key : {"header", "delimiter", "quotes"}) {
    if (toml.has(table + key)) toml.fail(table + key, fmt::format("JSON has no {}", key));
  }
}

void read_cells(const StrictToml& toml, const std::string& table, RowFormat& format) {
  if (toml.has(table + "rows")) toml.fail(table + "rows", "only JSON has rows under a key");
  format.header = toml.flag(table + "header", false);
  if (format.text == TextFormat::label_text) return;
  format.delimiter = toml.text(table + "delimiter", "");
  if (toml.has(table + "delimiter") && format.delimiter.empty()) {
    toml.fail(table + "delimiter", "delimiter must not be empty");
  }
  const std::string usual = format.delimiter_or_usual();
  const bool quotes = toml.flag(table + "quotes", format.text == TextFormat::csv);
  if (quotes != (format.text == TextFormat::csv)) format.delimiter = usual;
  format.text = quotes ? TextFormat::csv : TextFormat::tsv;
}

}  // namespace

const std::vector<std::string>& row_format_keys() {
  static const std::vector<std::string> keys = {"format", "header",       "delimiter", "quotes",
                                                "rows",   "json_columns", "ignore",    "strata"};
  return keys;
}

RowFormat read_row_format(const StrictToml& toml, const std::string& usual,
                          const std::string& table) {
  const std::string otherwise =
      usual.empty() && !toml.has(table + "format") ? format_of_name(toml, "train") : usual;
  RowFormat format;
  format.text = kFormats.at(one_of(toml, table + "format", otherwise, format_names()));
  format.encoding = toml.text("encoding", "");
  format.json_columns = toml.texts(table + "json_columns");
  if (format.is_json()) {
    refuse_for_json(toml, table);
    format.rows = toml.text(table + "rows", "");
  } else {
    read_cells(toml, table, format);
  }
  return format;
}

std::vector<Column> read_strata(const StrictToml& toml, bool has_names) {
  std::vector<Column> columns = toml.numbers_or_texts("strata");
  for (size_t i = 0; i < columns.size(); ++i) {
    const int64_t* number = std::get_if<int64_t>(&columns[i]);
    if (number && *number < 1)
      toml.fail("strata", fmt::format("strata counts columns from 1, found {}", *number));
    if (!number && !has_names) {
      toml.fail("strata", fmt::format("\"{}\" is a name, which needs header = true; or give its "
                                      "number",
                                      to_string(columns[i])));
    }
    if (std::find(columns.begin(), columns.begin() + static_cast<std::ptrdiff_t>(i), columns[i]) !=
        columns.begin() + static_cast<std::ptrdiff_t>(i)) {
      toml.fail("strata", fmt::format("the column {} is named twice", to_string(columns[i])));
    }
  }
  return columns;
}

RowFormat row_format_of_name(const StrictToml& toml, const std::string& key) {
  RowFormat format;
  format.text = kFormats.at(format_of_name(toml, key));
  format.encoding = toml.text("encoding", "");
  return format;
}

nlohmann::json settings_of(const RowFormat& format) {
  nlohmann::json settings = {{"format", static_cast<int>(format.text)}};
  if (format.has_cells()) settings["header"] = format.header;
  if (!format.delimiter.empty()) settings["delimiter"] = format.delimiter;
  if (!format.rows.empty()) settings["rows"] = format.rows;
  if (!format.json_columns.empty()) settings["json_columns"] = format.json_columns;
  return settings;
}

}  // namespace dovetail
