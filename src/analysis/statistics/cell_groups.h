// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/statistics/statistics.h"
#include "plan/plan.h"
#include "plan/record.h"

namespace dovetail {

// A cell's label on an axis; "" if the sweep or this version has no such axis.
std::string coordinate(const Cell& cell, std::string_view axis);

// finished: has a usable record. failed: has the record of a failure, or one that cannot be used.
// missing: has not run yet.
enum class CellState { finished, failed, missing };
std::string to_string(CellState state);

struct CellResult {
  const Cell* cell = nullptr;
  const Record* record = nullptr;  // null: missing
  CellState state = CellState::missing;
  std::string reason;  // why it failed
};

// The cells that differ in their seed only; decisions choose between groups. A baseline's group has
// "" on the axes it does not depend on.
struct CellGroup {
  std::string baseline;  // "", or most_frequent, copy, untuned
  std::string objective, adaptation, task, template_name, tuning, train_size;
  std::vector<CellResult> cells;                   // in the order of the plan
  const MetricTraitsMap* metric_traits = nullptr;  // the plan's
  // By metric, the task's test examples that it has no evidence on: NaN in every finished cell.
  // They are in no table of scores.
  std::map<std::string, std::vector<size_t>> missing = {};

  // The label on an axis of kAxes other than seed.
  const std::string& at(std::string_view axis) const;
  int64_t count(CellState state) const;
  bool complete() const { return count(CellState::finished) == static_cast<int64_t>(cells.size()); }
  // Whether the model was adapted between pre-training and tuning.
  bool adapted() const { return !adaptation.empty() && adaptation != "none"; }
  // The start of tuning: the objective and its adaptation, "prefix_lm + denoising".
  std::string start() const { return adapted() ? objective + " + " + adaptation : objective; }
  // "prefix_lm · mapping · full", or "baseline: copy"
  std::string choice() const;
};

// The cost of following a choice from nothing: the upstream jobs (vocabulary, pre-training) once
// and in full, plus tuning as the mean over its seeds. Wall seconds.
struct GroupCost {
  double upstream_seconds = 0;
  double tune_seconds = 0;
  double total() const { return upstream_seconds + tune_seconds; }
};

// Every cell of the plan, joined with its record and gathered by group, in the plan's order. A
// finished record with another number of scores than its task counts as failed, with that reason.
std::vector<CellGroup> group_cells(const Plan& plan, const std::map<std::string, Record>& records);

// The same groups, but scored on the test examples of those strata alone (column -> values, as in
// Plan::strata): a task without such a column has no examples left.
std::vector<CellGroup> groups_within(const std::vector<CellGroup>& groups, const Plan& plan,
                                     const std::map<std::string, std::vector<std::string>>& strata);

// The usable rows of a group: finished cells with finite scores of that metric, without the
// examples that the metric has no evidence on. A corpus-level metric or a cost is no mean over
// examples: its table has one item, and its interval covers the seeds only.
Scores scores_of(const CellGroup& group, const std::string& metric);

struct ValidationScore {
  double mean = 0;
  double standard_error = 0;  // as if every validation example of every cell were drawn anew
};

// Of a metric over the validation examples of a group's finished cells. None if one of them has no
// such scores.
std::optional<ValidationScore> validation_score(const CellGroup& group, const std::string& metric);

GroupCost cost_of(const CellGroup& group, const Plan& plan,
                  const std::map<std::string, Record>& records);

// A job's inputs, their inputs and so on, each once.
std::vector<int64_t> upstream_jobs(const Plan& plan, int64_t job);

}  // namespace dovetail
