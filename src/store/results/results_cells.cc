// SPDX-License-Identifier: Apache-2.0
#include "store/results/results_cells.h"

#include "store/results/cell_table.h"

namespace dovetail {

namespace {

// Writes a column as the type that its values have in the file.
struct ColumnWriter {
  NetcdfGroup& group;
  const std::string& name;
  const std::string& dimension;

  void operator()(const TableColumn::Texts& texts) const {
    group.add_strings(name, dimension, texts);
  }
  void operator()(const std::vector<double>& numbers) const {
    group.add(name, {dimension}, numbers, std::optional(kNoNumber));
  }
  void operator()(const std::vector<int32_t>& counts) const {
    group.add(name, {dimension}, counts);
  }
  void operator()(const TableColumn::Statuses& statuses) const {
    std::vector<uint8_t> values;
    for (const CellStatus status : statuses) values.push_back(static_cast<uint8_t>(status));
    add_status(group, {dimension}, values);
  }
  void operator()(const TableColumn::Kinds& kinds) const {
    std::vector<std::string> words;
    for (const JobKind kind : kinds) words.push_back(to_string(kind));
    group.add_strings(name, dimension, {words.begin(), words.end()});
  }
};

void write_table(NetcdfGroup& group, const std::string& dimension, size_t num_rows,
                 const std::vector<TableColumn>& table) {
  group.add_dimension(dimension, static_cast<int64_t>(num_rows));
  for (const TableColumn& column : table)
    std::visit(ColumnWriter{group, column.name, dimension}, column.values);
}

}  // namespace

void write_cells(const hdf5::Handle& file, NetcdfLog& log, const ResultContents& contents) {
  NetcdfGroup group(file, "cells", log);
  write_table(group, "cell", contents.cells.size(), cell_table(contents));
}

void write_shared_jobs(const hdf5::Handle& file, NetcdfLog& log, const ResultContents& contents) {
  NetcdfGroup group(file, "jobs", log);
  write_table(group, "job", contents.shared_jobs.size(), shared_job_table(contents));
}

}  // namespace dovetail
