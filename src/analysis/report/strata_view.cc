// SPDX-License-Identifier: Apache-2.0
#include "analysis/report/strata_view.h"

#include <fmt/format.h>

#include <algorithm>

#include "analysis/report/html.h"
#include "analysis/report/number_text.h"
#include "analysis/report/page_table.h"

namespace dovetail {

namespace {

// The strata of one column of one task, in the order of the model.
struct StrataColumn {
  std::string task, column;
  std::vector<std::string> values;
  std::vector<size_t> groups;                                        // with a score in any of them
  std::map<std::pair<size_t, std::string>, const StratumRow*> rows;  // by group and value
};

template <typename T>
void add_once(std::vector<T>& all, const T& value) {
  if (std::ranges::find(all, value) == all.end()) all.push_back(value);
}

std::vector<StrataColumn> columns_of_strata(const ReportModel& model) {
  std::vector<StrataColumn> columns;
  for (const StratumRow& row : model.strata) {
    const std::string& task = model.groups[row.group].task;
    if (columns.empty() || columns.back().task != task || columns.back().column != row.column)
      columns.push_back({.task = task, .column = row.column});
    StrataColumn& column = columns.back();
    add_once(column.values, row.value);
    add_once(column.groups, row.group);
    column.rows[{row.group, row.value}] = &row;
  }
  return columns;
}

TableCell stratum_cell(const StrataColumn& column, size_t group, const std::string& value,
                       const std::string& metric) {
  const auto row = column.rows.find({group, value});
  if (row == column.rows.end()) return text_cell("·", "absent");
  const auto score = row->second->scores.find(metric);
  if (score == row->second->scores.end()) return text_cell("·", "absent");
  return table_cell(
      {{score_text(score->second.mean)},
       {fmt::format("±{:.3f}", (score->second.high - score->second.low) / 2), LineRole::note}});
}

int64_t examples_of(const StrataColumn& column, const std::string& value) {
  int64_t most = 0;
  for (const auto& [at, row] : column.rows)
    if (at.second == value) most = std::max(most, row->examples);
  return most;
}

PageTable strata_table_of(const ReportModel& model, const StrataColumn& column) {
  const std::string& metric = model.primary_metric.at(column.task);
  PageTable table{.caption = fmt::format("{} by {}: {}", column.task, column.column, metric),
                  .columns = {"", "training data"}};
  for (const std::string& value : column.values)
    table.columns.push_back(fmt::format("{} (n = {})", value, examples_of(column, value)));
  for (const bool baselines : {false, true}) {
    for (const size_t group : column.groups) {
      const GroupRow& of = model.groups[group];
      if (of.baseline.empty() == baselines) continue;
      std::vector<TableCell> row{text_cell(of.choice), text_cell(of.train_size)};
      for (const std::string& value : column.values)
        row.push_back(stratum_cell(column, group, value, metric));
      table.rows.push_back(std::move(row));
    }
  }
  return table;
}

}  // namespace

std::string strata_html(const ReportModel& model) {
  std::string html;
  for (const StrataColumn& column : columns_of_strata(model))
    html += wide_table_html(strata_table_of(model, column));
  return html;
}

}  // namespace dovetail
