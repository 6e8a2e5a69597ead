// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "plan/plan.h"
#include "plan/record.h"
#include "store/plan_outline.h"

// The rows and columns of results.h5, collected from a plan and its records. One file for each
// group (results_cube.h, results_cells.h, ...) writes them. Layout: docs/results.md.
namespace dovetail {

class NetcdfGroup;

enum class CellStatus : uint8_t { missing, finished, failed, crashed, excluded };

inline constexpr double kNoNumber = std::numeric_limits<double>::quiet_NaN();

// Gives NaN one bit pattern. The journal keeps only the fact that a number is NaN, so without this
// the file made from a run's memory would differ from the one made from its journal.
inline double one_nan(double value) { return std::isnan(value) ? kNoNumber : value; }

// What the results say of a job. The texts are the plan's.
struct JobName {
  std::string_view key, name;
  JobKind kind = JobKind::tune;
};

// A cell, or a job that belongs to no cell, with its record.
struct ResultRow {
  const JobName* job = nullptr;
  const Cell* cell = nullptr;      // null for a job that belongs to no cell
  const Record* record = nullptr;  // null while the job has none

  std::string_view name() const { return cell ? std::string_view(cell->name) : job->name; }
  bool finished() const { return record && record->status == RunStatus::finished; }
  CellStatus status() const;
  double metric(const std::string& name) const;  // NaN for an unfinished job, or a metric it lacks
  double num_test() const;                       // test examples behind the metrics; NaN as above
};

struct ResultContents {
  ResultContents(const Plan& plan, const std::map<std::string, Record>& records);
  ResultContents(const PlanOutline& outline, const std::map<std::string, Record>& records);
  ResultContents(const ResultContents&) = delete;  // rows point at the jobs

  const Plan& plan;  // of an outline, without jobs
  std::vector<JobName> jobs;
  std::vector<ResultRow> cells;        // in the plan's order
  std::vector<ResultRow> probes;       // of the plan; also among shared_jobs
  std::vector<ResultRow> shared_jobs;  // of no cell: vocabularies, checkpoints, probes
  std::vector<std::string> metrics;    // of the plan, then others that were measured, by name
  int64_t num_finished_cells = 0;

 private:
  void add_rows(const std::map<std::string, Record>& records);
};

// The column that `value` computes, one value for each row.
template <typename T, typename Value>
std::vector<T> column_of(const std::vector<ResultRow>& rows, Value value) {
  std::vector<T> column;
  column.reserve(rows.size());
  for (const ResultRow& row : rows) column.push_back(static_cast<T>(value(row)));
  return column;
}

// Writes the column "status", with the meaning of its numbers as an attribute.
void add_status(NetcdfGroup& group, const std::vector<std::string>& dimensions,
                const std::vector<uint8_t>& values);

// The begin of each row's part of a long array, and the end of the last one.
std::vector<int64_t> offsets_of(const std::vector<size_t>& sizes);

}  // namespace dovetail
