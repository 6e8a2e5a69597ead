// SPDX-License-Identifier: Apache-2.0
#include "analysis/report/curve_view.h"

#include <algorithm>
#include <set>

#include "analysis/report/number_text.h"
#include "analysis/report/page_parts.h"
#include "analysis/report/page_table.h"

namespace dovetail {

namespace {

bool has_group(const ReportModel& model, const std::string& task, const std::string& tuning) {
  return std::any_of(model.groups.begin(), model.groups.end(), [&](const GroupRow& group) {
    return group.baseline.empty() && group.task == task && group.tuning == tuning;
  });
}

std::string curve_chart(const std::string& task, const std::string& tuning) {
  return chart_html({.kind = "curve",
                     .caption = task + ", " + tuning,
                     .label = task + ", tuning " + tuning +
                              ": score by amount of training data, a line an objective",
                     .data = {{"data-task", task}, {"data-tuning", tuning}}});
}

// The scores of the cells that differ from `like` in their train size only.
std::vector<TableCell> curve_row(const ReportModel& model, const GroupRow& like,
                                 const std::string& metric) {
  std::vector<TableCell> row{text_cell(like.start), text_cell(like.template_name),
                             text_cell(like.tuning)};
  for (const std::string& size : model.labels("train_size")) {
    std::string text = "·";
    const GroupRow* group =
        model.find(like.task, like.start, like.template_name, like.tuning, size);
    if (group && group->scores.contains(metric)) {
      const Estimate& estimate = group->scores.at(metric);
      text = score_text(estimate.mean) + " (" + score_text(estimate.low) + " to " +
             score_text(estimate.high) + ")";
    }
    row.push_back(text_cell(text));
  }
  return row;
}

PageTable curves_table(const ReportModel& model, const std::string& task) {
  const std::string& metric = model.primary_metric.at(task);
  PageTable table{.caption = task + ", " + metric_text(metric),
                  .columns = {"Objective", "Template", "Tuning"}};
  const std::vector<std::string>& sizes = model.labels("train_size");
  table.columns.insert(table.columns.end(), sizes.begin(), sizes.end());
  std::set<std::string> seen;
  for (const GroupRow& group : model.groups) {
    if (group.baseline.empty() && group.task == task && seen.insert(group.choice).second)
      table.rows.push_back(curve_row(model, group, metric));
  }
  return table;
}

std::string best_covered_template(const ReportModel& model) {
  std::string best;
  int64_t most = -1;
  for (const std::string& name : model.labels("template")) {
    const int64_t covered =
        std::count_if(model.groups.begin(), model.groups.end(), [&](const GroupRow& group) {
          return group.baseline.empty() && group.template_name == name && !group.scores.empty();
        });
    if (covered > most) {
      best = name;
      most = covered;
    }
  }
  return best;
}

}  // namespace

std::string learning_curves_html(const ReportModel& model, bool with_charts) {
  std::string figures, tables;
  for (const std::string& task : model.labels("task")) {
    for (const std::string& tuning : model.labels("tuning")) {
      if (with_charts && has_group(model, task, tuning)) figures += curve_chart(task, tuning);
    }
    tables += table_html(curves_table(model, task));
  }
  if (!with_charts) {
    return paragraph_html(
               "This binary was built without Chart.js (Debian: libjs-chart.js), so the curves "
               "are given as tables.",
               "note") +
           tables;
  }
  return figures_html(figures) + folded_html("The same as tables (mean and 95 % interval)", tables);
}

std::string template_options_html(const ReportModel& model) {
  const std::string first = best_covered_template(model);
  std::string html;
  for (const std::string& name : model.labels("template"))
    html += option_html(name, name, name == first);
  return html;
}

}  // namespace dovetail
