// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "analysis/statistics.h"
#include "sweep/plan.h"
#include "sweep/record.h"

namespace dovetail {

// finished: has a usable record. failed: has a record that says why not, or one that cannot be
// used. missing: has not run yet.
enum class CellState { finished, failed, missing };
std::string to_string(CellState state);

struct CellResult {
  const Cell* cell = nullptr;
  const Record* record = nullptr;   // null: missing
  CellState state = CellState::missing;
  std::string reason;               // of a failure
};

// The cells that differ in their seed only; the unit that decisions are about. A baseline's group
// has "" on the axes it does not depend on.
struct CellGroup {
  std::string baseline;             // "", or most_frequent, copy, untuned
  // The objective is the start of the cells: where the base was adapted, "span_corruption+denoising".
  std::string objective, task, template_name, tuning, train_size;
  std::vector<CellResult> cells;    // in the order of the plan

  int64_t count(CellState state) const;
  bool complete() const { return count(CellState::finished) == static_cast<int64_t>(cells.size()); }
  // "prefix_lm · mapping · full", or "baseline: copy"
  std::string choice() const;
};

// What it costs to follow a choice, starting from nothing: the jobs upstream (vocabulary,
// pre-training) once and in full, and tuning, as the mean over its seeds.
struct GroupCost {
  double upstream_seconds = 0;
  double tune_seconds = 0;
  double total() const { return upstream_seconds + tune_seconds; }
};

// The name of a start: a label of the axis objective, and one of adaptation ("" or "none": neither).
std::string start_of(const std::string& objective, const std::string& adaptation);

// Every cell of the plan, joined with its record and gathered by group, in the plan's order.
// A finished record whose scores do not fit its task's (another number of examples) counts as
// failed and says so.
std::vector<CellGroup> group_cells(const Plan& plan, const std::map<std::string, Record>& records);

// The usable rows of a group: finished cells with finite scores of that metric.
Scores scores_of(const CellGroup& group, const std::string& metric);

GroupCost cost_of(const CellGroup& group, const Plan& plan,
                  const std::map<std::string, Record>& records);

// A job's inputs, their inputs and so on, each once.
std::vector<int64_t> upstream_jobs(const Plan& plan, int64_t job);

}  // namespace dovetail
