// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <limits>
#include <map>
#include <string>
#include <vector>

#include "plan/plan.h"
#include "plan/record.h"
#include "store/netcdf.h"

// What goes into results.h5, and the functions that write each of its groups. Layout:
// docs/results.md.
namespace dovetail {

enum class CellStatus : uint8_t { missing, finished, failed, crashed, excluded };

inline constexpr double kNoNumber = std::numeric_limits<double>::quiet_NaN();
inline constexpr int64_t kNoCount = -1;

// NaN has many bit patterns, and the journal keeps only that it is NaN; with one pattern the file
// made from a run's memory is the same as the one made from its journal.
inline double one_nan(double value) { return std::isnan(value) ? kNoNumber : value; }

// A cell, or a job that is no cell, with what is known of it.
struct ResultRow {
  const Job* job = nullptr;
  const Cell* cell = nullptr;      // null for a job that is no cell
  const Record* record = nullptr;  // null while there is none

  const std::string& name() const { return cell ? cell->name : job->name; }
  bool finished() const { return record && record->status == RunStatus::finished; }
  CellStatus status() const;
  double metric(const std::string& name) const;  // NaN where it did not finish or has none
  int64_t num_test() const;                      // test examples behind the metrics
};

struct ResultContents {
  ResultContents(const Plan& plan, const std::map<std::string, Record>& records);

  const Plan& plan;
  std::vector<ResultRow> cells;        // in the plan's order
  std::vector<ResultRow> probes;       // the plan's; they are jobs that are no cells too
  std::vector<ResultRow> shared_jobs;  // jobs that are no cell: vocabularies, checkpoints
  std::vector<std::string> metrics;    // the plan's, then what else was measured, by name
  int64_t num_finished_cells = 0;
};

// One value a row.
template <typename T, typename Value>
std::vector<T> column_of(const std::vector<ResultRow>& rows, Value value) {
  std::vector<T> column;
  column.reserve(rows.size());
  for (const ResultRow& row : rows) column.push_back(static_cast<T>(value(row)));
  return column;
}

// The status with the words for its numbers.
void add_status(NetcdfGroup& group, const std::vector<std::string>& dimensions,
                const std::vector<uint8_t>& values);

// Where each row's part of a long array begins, and where the last one ends.
std::vector<int64_t> offsets_of(const std::vector<size_t>& sizes);

void write_cube(const hdf5::Handle& file, NetcdfLog& log, const ResultContents& contents);
void write_cells(const hdf5::Handle& file, NetcdfLog& log, const ResultContents& contents);
void write_shared_jobs(const hdf5::Handle& file, NetcdfLog& log, const ResultContents& contents);
void write_probes(const hdf5::Handle& file, NetcdfLog& log, const ResultContents& contents);
void write_examples(const hdf5::Handle& file, NetcdfLog& log, const ResultContents& contents);
void write_predictions(const hdf5::Handle& file, NetcdfLog& log, const ResultContents& contents);
void write_curves(const hdf5::Handle& file, NetcdfLog& log, const ResultContents& contents);
void write_provenance(const hdf5::Handle& file, NetcdfLog& log, const ResultContents& contents);

}  // namespace dovetail
