// SPDX-License-Identifier: Apache-2.0
#include "app/table_export.h"

#include <fmt/format.h>

#include <cmath>
#include <functional>

#include "analysis/report/csv_row.h"
#include "app/front/existing_results.h"
#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/names.h"
#include "plan/json.h"
#include "store/journal.h"
#include "store/plan_file.h"
#include "store/results/cell_table.h"
#include "store/results/results.h"
#include "tables/parquet_lines.h"

namespace dovetail {

namespace fs = std::filesystem;

namespace {

using Table = std::vector<TableColumn>;

// A value of a column; null for a number that is missing.
Json value_of(const TableColumn& column, size_t row) {
  return std::visit(
      [&](const auto& values) -> Json {
        const auto& value = values.at(row);
        using Value = std::decay_t<decltype(value)>;
        if constexpr (std::is_same_v<Value, double>) {
          return std::isfinite(value) ? Json(value) : Json(nullptr);
        } else if constexpr (std::is_same_v<Value, int32_t>) {
          return value;
        } else if constexpr (std::is_enum_v<Value>) {
          return std::string(to_string(value));
        } else {
          return std::string(value);
        }
      },
      column.values);
}

const char* type_of(const TableColumn& column) {
  if (std::holds_alternative<std::vector<double>>(column.values)) return "number";
  if (std::holds_alternative<std::vector<int32_t>>(column.values)) return "integer";
  return "text";
}

std::string csv_line(const Table& table, const std::function<std::string(const TableColumn&)>& of) {
  std::vector<std::string> fields;
  for (const TableColumn& column : table) fields.push_back(of(column));
  return join(fields, ",") + "\r\n";
}

// All digits of a number, so that it is read as the same one.
std::string csv_of(const Table& table, size_t num_rows) {
  std::string text =
      csv_line(table, [](const TableColumn& column) { return csv_field(column.name); });
  for (size_t row = 0; row < num_rows; ++row) {
    text += csv_line(table, [&](const TableColumn& column) {
      const Json value = value_of(column, row);
      if (value.is_string()) return csv_field(value.get<std::string>());
      return value.is_null() ? std::string() : value.dump();
    });
  }
  return text;
}

// What dovetail-parquet --write reads: a line of the columns' names and types, then arrays.
std::string json_lines_of(const Table& table, size_t num_rows) {
  Json columns = Json::array();
  for (const TableColumn& column : table)
    columns.push_back({{"name", column.name}, {"type", type_of(column)}});
  std::string text = columns.dump() + "\n";
  for (size_t row = 0; row < num_rows; ++row) {
    Json values = Json::array();
    for (const TableColumn& column : table) values.push_back(value_of(column, row));
    text += values.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
  }
  return text;
}

void write_table_of(const ResultContents& contents, const fs::path& to) {
  const Table table = cell_table(contents);
  const size_t num_rows = contents.cells.size();
  if (to.extension() == ".csv") return write_file_atomically(to, csv_of(table, num_rows));
  fs::path lines = to;
  lines += ".rows.tmp";
  write_file_atomically(lines, json_lines_of(table, num_rows));
  try {
    write_parquet(lines, to);
  } catch (...) {
    fs::remove(lines);
    throw;
  }
  fs::remove(lines);
}

}  // namespace

void export_table(const fs::path& results_folder, const fs::path& to) {
  const std::string suffix = to.extension();
  if (suffix != ".csv" && suffix != ".parquet" && suffix != ".h5") {
    throw_<ConfigError>("--to {}: expected a file that ends in .csv, .parquet or .h5", to.string());
  }
  check_is_results_folder(results_folder);
  const PlanOutline plan = read_plan_outline(results_folder);
  const std::map<std::string, Record> records = read_journal(results_folder);
  return_freed_memory();
  if (suffix == ".h5") return write_results(to, plan, records);
  write_table_of(ResultContents(plan, records), to);
}

}  // namespace dovetail
