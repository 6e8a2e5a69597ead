// SPDX-License-Identifier: Apache-2.0
#include "store/results_cells.h"

namespace dovetail {

namespace {

using Rows = std::vector<ResultRow>;

template <typename Value>
void add_texts(NetcdfGroup& group, const std::string& name, const std::string& dimension,
               const Rows& rows, Value value) {
  group.add_strings(name, dimension, column_of<std::string_view>(rows, value));
}

void add_outcome(NetcdfGroup& group, const std::string& dimension, const Rows& rows) {
  add_status(group, {dimension},
             column_of<uint8_t>(rows, [](const ResultRow& row) { return row.status(); }));
  add_texts(group, "reason", dimension, rows, [](const ResultRow& row) {
    return row.record ? std::string_view(row.record->reason) : std::string_view();
  });
  group.add("attempt", {dimension}, column_of<int32_t>(rows, [](const ResultRow& row) {
              return row.record ? row.record->attempt : 0;
            }));
}

// Counts are doubles too, exact up to 2^53: R has no 64-bit integers, and NaN is "missing" in every
// reader.
template <typename T>
void add_cost(NetcdfGroup& group, const std::string& dimension, const Rows& rows,
              const std::string& name, T Cost::*field) {
  group.add(name, {dimension},
            column_of<double>(rows,
                              [&](const ResultRow& row) {
                                return row.record
                                           ? one_nan(static_cast<double>(row.record->cost.*field))
                                           : kNoNumber;
                              }),
            std::optional(kNoNumber));
}

void add_costs(NetcdfGroup& group, const std::string& dimension, const Rows& rows) {
  add_cost(group, dimension, rows, "wall_seconds", &Cost::wall_seconds);
  add_cost(group, dimension, rows, "cpu_seconds", &Cost::cpu_seconds);
  add_cost(group, dimension, rows, "train_steps", &Cost::train_steps);
  add_cost(group, dimension, rows, "train_tokens", &Cost::train_tokens);
  add_cost(group, dimension, rows, "padding_fraction", &Cost::padding_fraction);
  add_cost(group, dimension, rows, "peak_bytes", &Cost::peak_bytes);
}

}  // namespace

void write_cells(const hdf5::Handle& file, NetcdfLog& log, const ResultContents& contents) {
  const Rows& rows = contents.cells;
  NetcdfGroup group(file, "cells", log);
  group.add_dimension("cell", std::ssize(rows));
  add_texts(group, "name", "cell", rows,
            [](const ResultRow& row) { return std::string_view(row.name()); });
  add_texts(group, "key", "cell", rows,
            [](const ResultRow& row) { return std::string_view(row.job->key); });
  add_outcome(group, "cell", rows);
  add_texts(group, "baseline", "cell", rows,
            [](const ResultRow& row) { return std::string_view(row.cell->baseline); });
  for (size_t axis = 0; axis < kAxes.size(); ++axis) {
    add_texts(group, kAxes[axis], "cell", rows,
              [&](const ResultRow& row) { return std::string_view(row.cell->coordinates[axis]); });
  }
  for (const std::string& metric : contents.metrics) {
    group.add(metric, {"cell"},
              column_of<double>(rows, [&](const ResultRow& row) { return row.metric(metric); }),
              std::optional(kNoNumber));
  }
  group.add("num_test", {"cell"},
            column_of<double>(rows, [](const ResultRow& row) { return row.num_test(); }),
            std::optional(kNoNumber));
  add_costs(group, "cell", rows);
}

void write_shared_jobs(const hdf5::Handle& file, NetcdfLog& log, const ResultContents& contents) {
  const Rows& rows = contents.shared_jobs;
  NetcdfGroup group(file, "jobs", log);
  group.add_dimension("job", std::ssize(rows));
  std::vector<std::string> kinds;
  for (const ResultRow& row : rows) kinds.push_back(to_string(row.job->kind));
  add_texts(group, "name", "job", rows,
            [](const ResultRow& row) { return std::string_view(row.name()); });
  add_texts(group, "key", "job", rows,
            [](const ResultRow& row) { return std::string_view(row.job->key); });
  group.add_strings("kind", "job", {kinds.begin(), kinds.end()});
  add_outcome(group, "job", rows);
  add_costs(group, "job", rows);
}

}  // namespace dovetail
