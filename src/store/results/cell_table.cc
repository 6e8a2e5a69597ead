// SPDX-License-Identifier: Apache-2.0
#include "store/results/cell_table.h"

#include <stdexcept>

namespace dovetail {

namespace {

using Rows = std::vector<ResultRow>;
using Table = std::vector<TableColumn>;

template <typename Value>
void add_texts(Table& table, const std::string& name, const Rows& rows, Value value) {
  table.push_back({name, column_of<std::string_view>(rows, value)});
}

void add_outcome(Table& table, const Rows& rows) {
  table.push_back(
      {"status", column_of<CellStatus>(rows, [](const ResultRow& row) { return row.status(); })});
  add_texts(table, "reason", rows, [](const ResultRow& row) {
    return row.record ? std::string_view(row.record->reason) : std::string_view();
  });
  table.push_back({"attempt", column_of<int32_t>(rows, [](const ResultRow& row) {
                     return row.record ? row.record->attempt : 0;
                   })});
}

// Counts are doubles too, exact up to 2^53: R has no 64-bit integers, and NaN is "missing" in every
// reader.
template <typename T>
void add_cost(Table& table, const Rows& rows, const std::string& name, T Cost::*field) {
  table.push_back({name, column_of<double>(rows, [&](const ResultRow& row) {
                     return row.record ? one_nan(static_cast<double>(row.record->cost.*field))
                                       : kNoNumber;
                   })});
}

void add_costs(Table& table, const Rows& rows) {
  add_cost(table, rows, "wall_seconds", &Cost::wall_seconds);
  add_cost(table, rows, "cpu_seconds", &Cost::cpu_seconds);
  add_cost(table, rows, "train_steps", &Cost::train_steps);
  add_cost(table, rows, "train_tokens", &Cost::train_tokens);
  add_cost(table, rows, "padding_fraction", &Cost::padding_fraction);
  add_cost(table, rows, "peak_bytes", &Cost::peak_bytes);
}

void add_names(Table& table, const Rows& rows) {
  add_texts(table, "name", rows, [](const ResultRow& row) { return row.name(); });
  add_texts(table, "key", rows, [](const ResultRow& row) { return row.job->key; });
}

}  // namespace

std::vector<TableColumn> cell_table(const ResultContents& contents) {
  const Rows& rows = contents.cells;
  Table table;
  add_names(table, rows);
  add_outcome(table, rows);
  add_texts(table, "baseline", rows,
            [](const ResultRow& row) { return std::string_view(row.cell->baseline); });
  for (size_t axis = 0; axis < kAxes.size(); ++axis) {
    add_texts(table, kAxes[axis], rows,
              [&](const ResultRow& row) { return std::string_view(row.cell->coordinates[axis]); });
  }
  for (const std::string& metric : contents.metrics) {
    table.push_back({metric, column_of<double>(
                                 rows, [&](const ResultRow& row) { return row.metric(metric); })});
  }
  table.push_back(
      {"num_test", column_of<double>(rows, [](const ResultRow& row) { return row.num_test(); })});
  add_costs(table, rows);
  return table;
}

std::vector<TableColumn> shared_job_table(const ResultContents& contents) {
  const Rows& rows = contents.shared_jobs;
  Table table;
  add_names(table, rows);
  table.push_back(
      {"kind", column_of<JobKind>(rows, [](const ResultRow& row) { return row.job->kind; })});
  add_outcome(table, rows);
  add_costs(table, rows);
  return table;
}

std::string_view to_string(CellStatus status) {
  switch (status) {
    case CellStatus::missing: return "missing";
    case CellStatus::finished: return "finished";
    case CellStatus::failed: return "failed";
    case CellStatus::crashed: return "crashed";
    case CellStatus::excluded: return "excluded";
  }
  throw std::logic_error("a status outside its enumeration");
}

}  // namespace dovetail
