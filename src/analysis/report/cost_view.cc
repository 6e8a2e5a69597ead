// SPDX-License-Identifier: Apache-2.0
#include "analysis/report/cost_view.h"

#include <fmt/format.h>

#include <algorithm>

#include "analysis/report/html.h"
#include "analysis/report/number_text.h"
#include "analysis/report/page_parts.h"
#include "analysis/report/page_table.h"

namespace dovetail {

namespace {

// More rows make the page slow to open; cells.js pages through them.
constexpr size_t kMostCellRows = 100;

std::vector<TableCell> text_row(const std::vector<std::string>& texts) {
  std::vector<TableCell> row;
  for (const std::string& text : texts) row.push_back(text_cell(text));
  return row;
}

PageTable tuning_table(const ReportModel& model) {
  PageTable table{.caption = "A tuned cell, on average",
                  .columns = {"Tuning", "Training data", "Cells", "Wall", "CPU", "Steps", "Tokens",
                              "Padding", "Peak memory", "All together"}};
  for (const TuningCost& cost : model.tuning_costs) {
    table.rows.push_back(text_row(
        {cost.tuning, cost.train_size, fmt::format("{}", cost.cells),
         seconds_text(cost.wall_seconds), seconds_text(cost.cpu_seconds), quantity_text(cost.steps),
         quantity_text(cost.tokens), fmt::format("{:.0f} %", 100 * cost.padding_fraction),
         memory_text(cost.peak_bytes), seconds_text(cost.all_wall_seconds)}));
  }
  return table;
}

std::vector<std::string> upstream_texts(const JobRow& job) {
  if (!job.cost) return {job.name, to_string(job.kind), "to come", "", "", "", ""};
  return {job.name,
          to_string(job.kind),
          job.status,
          seconds_text(job.cost->wall_seconds),
          quantity_text(static_cast<double>(job.cost->train_steps)),
          quantity_text(static_cast<double>(job.cost->train_tokens)),
          memory_text(static_cast<double>(job.cost->peak_bytes))};
}

PageTable upstream_table(const ReportModel& model) {
  PageTable table{.caption = "Made once, shared by all cells that need it",
                  .columns = {"Job", "Kind", "State", "Wall", "Steps", "Tokens", "Peak memory"}};
  for (const JobRow& job : model.jobs) {
    if (job.kind == JobKind::pretrain || job.kind == JobKind::tokenizer)
      table.rows.push_back(text_row(upstream_texts(job)));
  }
  return table;
}

std::vector<std::string> cell_texts(const ReportModel& model, const CellRow& cell) {
  std::vector<std::string> texts{cell.name, cell.state};
  for (const std::string& metric : model.metrics) {
    const auto found = cell.metrics.find(metric);
    texts.push_back(found == cell.metrics.end() ? "" : score_text(found->second));
  }
  texts.push_back(cell.cost ? seconds_text(cell.cost->wall_seconds) : "");
  texts.push_back(cell.cost ? quantity_text(static_cast<double>(cell.cost->train_steps)) : "");
  return texts;
}

// What cells.js turns pages with; hidden where there is no script.
std::string pager_html() {
  const std::string controls = text_element("button", "Back") + " " + text_element("button", "On") +
                               " " + element("output", "") + " " +
                               element("label", "Cells with the words <input>");
  return element("p", controls, {{"class", "control"}, {"hidden", "hidden"}});
}

}  // namespace

std::string costs_html(const ReportModel& model) {
  const PageTable upstream = upstream_table(model);
  return wide_table_html(tuning_table(model)) +
         (upstream.rows.empty() ? "" : wide_table_html(upstream));
}

std::string failures_html(const ReportModel& model) {
  if (model.failures.empty()) return paragraph_html("No job has failed.");
  PageTable table{.caption = count_text(std::ssize(model.failures), "failure"),
                  .columns = {"Job", "State", "Reason", "Attempt"}};
  for (const Failure& failure : model.failures) {
    table.rows.push_back(text_row(
        {failure.name, failure.status, failure.reason, fmt::format("{}", failure.attempt)}));
  }
  return wide_table_html(table);
}

std::string cells_html(const ReportModel& model) {
  PageTable table{.columns = {"Cell", "State"}};
  for (const std::string& metric : model.metrics) table.columns.push_back(metric_text(metric));
  table.columns.insert(table.columns.end(), {"Wall", "Steps"});
  const size_t all = model.cells.size(), shown = std::min(all, kMostCellRows);
  for (size_t i = 0; i < shown; ++i)
    table.rows.push_back(text_row(cell_texts(model, model.cells[i])));
  const std::string summary = fmt::format("All {} cells", all);
  if (shown == all) return folded_html(summary, wide_table_html(table));
  const std::string note = fmt::format(
      "The first {} of {} cells; a script shows the others. tables/cells.csv has all.", shown, all);
  return folded_html(
      summary, element("div", pager_html() + wide_table_html(table) + paragraph_html(note, "note"),
                       {{"id", "cell-pages"}}));
}

std::string cell_rows_json(const ReportModel& model) {
  Json rows = Json::array();
  if (model.cells.size() <= kMostCellRows) return rows.dump();
  for (const CellRow& cell : model.cells) rows.push_back(cell_texts(model, cell));
  return rows.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace dovetail
