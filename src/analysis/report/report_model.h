// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "analysis/decisions/analysis.h"
#include "analysis/methods/methods.h"
#include "analysis/report/answered.h"

// The one model behind index.html, decision.json and tables/*.csv. It holds values only and points
// into no plan or record, so what one of the three shows the others have too.
namespace dovetail {

// The cells that differ in their seed only.
struct GroupRow {
  std::string baseline;  // "", or the baseline's name; it has "" on axes it does not depend on
  std::string start, task, template_name, tuning, train_size;
  std::string choice;  // CellGroup::choice()
  int64_t seeds_planned = 0, seeds_failed = 0;
  std::map<std::string, Estimate> scores;  // plain means by metric; finished cells only
};

// A group on the test examples with one value in a column of its task's strata.
struct StratumRow {
  std::string column, value;
  size_t group = 0;  // index into ReportModel::groups
  int64_t examples = 0;
  std::map<std::string, Estimate> scores;  // by metric
};

struct CellRow {
  std::string name, baseline, job;
  std::string start;                          // name of the job whose model it began with, or ""
  std::map<std::string, std::string> labels;  // by axis
  std::string state, reason, commit;
  std::map<std::string, double> metrics;  // of a finished cell
  std::optional<Cost> cost;               // none for a missing cell
};

struct JobRow {
  std::string key, name;
  JobKind kind = JobKind::tune;
  std::string status;  // "missing" without a record
  int64_t cells_that_need_it = 0;
  double estimated_seconds = 0;
  std::optional<Cost> cost;
};

// The mean cost of the finished cells that share a tuning and a train size.
struct TuningCost {
  std::string tuning, train_size;
  int64_t cells = 0;
  double wall_seconds = 0, cpu_seconds = 0, steps = 0, tokens = 0, padding_fraction = 0;
  double peak_bytes = 0;        // the largest
  double all_wall_seconds = 0;  // the sum
};

// One curve of a pre-training job, thinned to at most 160 points (step, value).
struct TrainingCurve {
  std::string name, job;
  std::vector<std::pair<int64_t, double>> points;
};

// Answers of one cell.
struct ShownExamples {
  std::string cell, metric;
  std::vector<AnsweredExample> answered;  // empty: the test examples are not known
};

struct ReportModel {
  std::string sweep_name, sweep_hash, sweep_text;
  DecisionOptions options;
  RunFacts facts;
  std::map<std::string, std::vector<std::string>> axis_labels;
  std::vector<std::string> starts;  // Analysis::starts()
  std::vector<std::string> metrics;
  std::map<std::string, std::string> primary_metric;  // by task
  std::set<std::string> less_is_better;               // metrics
  bool has_probes = false;
  std::vector<std::string> lessons, caveats;
  std::vector<Decision> decisions;
  std::vector<ShownExamples> examples;  // of `decisions`, in their order
  std::vector<GroupRow> groups;
  std::map<std::vector<std::string>, size_t> group_index;  // see find()
  std::vector<StratumRow> strata;                          // in the order of Analysis::strata
  std::vector<TrainingCurve> training_curves;
  std::vector<ClaimResult> claims;
  std::vector<SelectorResult> selectors;
  std::vector<TuningCost> tuning_costs;  // without combinations that have no finished cell
  std::vector<JobRow> jobs;
  std::vector<CellRow> cells;
  std::vector<Failure> failures;
  std::vector<MethodsPart> methods;

  bool higher_is_better(const std::string& metric) const {
    return !less_is_better.contains(metric);
  }
  // The labels of an axis in the order of the sweep file; empty if the sweep has no such axis.
  const std::vector<std::string>& labels(const std::string& axis) const;
  // The group of tuned cells with these labels; null if the sweep has none.
  const GroupRow* find(const std::string& task, const std::string& start,
                       const std::string& template_name, const std::string& tuning,
                       const std::string& train_size) const;
};

ReportModel report_model(const Analysis& analysis, const TestExamples& examples = {});

}  // namespace dovetail
