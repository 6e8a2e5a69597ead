// SPDX-License-Identifier: Apache-2.0
#include "analysis/report/selector_view.h"

#include <fmt/format.h>

#include <algorithm>

#include "analysis/report/number_text.h"
#include "analysis/report/page_parts.h"
#include "analysis/report/page_table.h"
#include "analysis/report/selector_words.h"

namespace dovetail {

namespace {

// Of the p-values, which are corrected for all comparisons of the table.
constexpr double kLevel = 0.05;

std::string spaced(std::string name) {
  std::replace(name.begin(), name.end(), '_', ' ');
  return name;
}

std::vector<std::string> baselines_of(const ReportModel& model) {
  std::vector<std::string> names;
  for (const SelectorResult& result : model.selectors) {
    if (result.selector->baseline) names.push_back(result.selector->name);
  }
  return names;
}

TableCell against_cell(const SelectorSummary& summary, const std::string& baseline) {
  const auto found = summary.against.find(baseline);
  if (found == summary.against.end()) return {};
  const Estimate& effect = found->second.estimate;
  const bool differ = found->second.p_value < kLevel;
  const char* state = !differ ? "tie" : effect.mean > 0 ? "better" : "worse";
  TableCell cell = table_cell({{signed_text(effect.mean), LineRole::gain},
                               {interval_text(effect), LineRole::note},
                               {"p " + p_text(found->second.p_value), LineRole::note}},
                              state);
  const auto equal = summary.at_equal_labels.find(baseline);
  if (equal != summary.at_equal_labels.end()) {
    const Estimate& paid = equal->second.estimate;
    cell.lines.push_back(
        {fmt::format("at equal labels {} ({})", signed_text(paid.mean), interval_text(paid)),
         LineRole::note});
  }
  return cell;
}

TableCell hits_cell(const SelectorSummary& summary) {
  const double by_chance = summary.chance_of_best * static_cast<double>(summary.cases);
  return table_cell({{fmt::format("{} of {}", summary.times_best, summary.cases)},
                     {fmt::format("by chance {:.1f}", by_chance), LineRole::note},
                     {count_text(summary.regret.tasks, "task") +
                          (summary.regret.tasks_drawn ? ", a draw of tasks" : ", these alone"),
                      LineRole::note}});
}

std::vector<TableCell> selector_row(const SelectorResult& result,
                                    const std::vector<std::string>& baselines) {
  const Selector& selector = *result.selector;
  std::vector<TableCell> row{table_cell({{spaced(selector.name)},
                                         {selector.rule, LineRole::note},
                                         {selector.source, LineRole::note}})};
  if (!result.summary) {
    const std::string why = result.cases.empty() ? "" : result.cases[0].selection.absent;
    row.push_back(table_cell({{"chose nowhere"}, {why, LineRole::note}}, "absent"));
    return row;
  }
  const SelectorSummary& summary = *result.summary;
  const Estimate& regret = summary.regret.estimate;
  row.push_back(table_cell(
      {{signed_text(regret.mean), LineRole::gain}, {interval_text(regret), LineRole::note}}));
  row.push_back(text_cell(summary.examples > 0 ? fmt::format("{:.0f}", summary.examples) : "none"));
  row.push_back(table_cell({{score_text(summary.score)},
                            {"best cells " + score_text(summary.best_score), LineRole::note}}));
  row.push_back(hits_cell(summary));
  for (const std::string& baseline : baselines) row.push_back(against_cell(summary, baseline));
  return row;
}

std::vector<TableCell> case_row(const SelectorCase& found) {
  std::vector<TableCell> row{
      table_cell({{found.task}, {found.train_size + ", " + found.tuning, LineRole::note}})};
  if (!found.selection.absent.empty()) {
    row.push_back(text_cell(found.selection.absent, "absent"));
    return row;
  }
  const std::string best =
      fmt::format("best {}, {}", score_text(found.best_score), choice_text(found.best));
  row.push_back(text_cell(selection_text(found.selection)));
  row.push_back(table_cell({{score_text(found.score.mean)}, {best, LineRole::note}}));
  row.push_back(table_cell(
      {{signed_text(found.regret.mean)}, {interval_text(found.regret), LineRole::note}}));
  return row;
}

std::string choices_html(const SelectorResult& result) {
  PageTable table{.columns = {"Task", "Choice", "Score", "Regret"}};
  for (const SelectorCase& found : result.cases) table.rows.push_back(case_row(found));
  return folded_html(spaced(result.selector->name) + ": its choices", table_html(table));
}

std::string regret_chart(size_t rows) {
  const std::string caption = "Regret (squares: choices that need no method)";
  return chart_html({.kind = "forest",
                     .caption = caption,
                     .label = caption + ", with 95 % intervals",
                     .data = {{"data-selectors", "regret"}},
                     .rows = rows});
}

}  // namespace

std::string selectors_html(const ReportModel& model, bool with_charts) {
  if (model.selectors.empty())
    return absent_html("No task has two choices yet whose seeds have all finished.");
  const std::vector<std::string> baselines = baselines_of(model);
  PageTable table{
      .css_class = "claims selectors",
      .columns = {"Selector", "Regret", "Labelled examples it read", "Score", "Best cells chosen"}};
  for (const std::string& name : baselines)
    table.columns.push_back("Better than " + spaced(name) + " by");
  std::string details;
  size_t drawn = 0;
  for (const SelectorResult& result : model.selectors) {
    table.rows.push_back(selector_row(result, baselines));
    if (!result.summary) continue;
    ++drawn;
    details += choices_html(result);
  }
  const std::string note =
      model.has_probes
          ? ""
          : paragraph_html(
                "This sweep has no probes, so selectors that need a probe choose nothing.", "note");
  return note + wide_table_html(table) + (with_charts ? figures_html(regret_chart(drawn)) : "") +
         details;
}

}  // namespace dovetail
