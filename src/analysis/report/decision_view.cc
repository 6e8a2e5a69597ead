// SPDX-License-Identifier: Apache-2.0
#include "analysis/report/decision_view.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "analysis/report/decision_words.h"
#include "analysis/report/example_view.h"
#include "analysis/report/number_text.h"
#include "analysis/report/page_parts.h"
#include "analysis/report/page_table.h"
#include "analysis/report/use_words.h"
#include "plan/baselines.h"

namespace dovetail {

namespace {

// The score of a comparison and the gain over it. Sign and word show whether the gain is
// measurable, not the colour alone.
TableCell comparison_cell(const Comparison* comparison) {
  if (!comparison) return {};
  if (!comparison->absent.empty()) {
    return {.lines = {{"not run"}}, .css_class = "absent", .title = comparison->absent};
  }
  TableCell cell{.lines = {{score_text(comparison->score.mean), LineRole::score}},
                 .title = "against: " + comparison->against};
  if (comparison->same) {
    cell.css_class = "tie";
    cell.lines.push_back({"is the best itself", LineRole::note});
    return cell;
  }
  cell.css_class = comparison->better() ? "better" : comparison->worse() ? "worse" : "tie";
  const char* sign = comparison->better() ? "▲ " : comparison->worse() ? "▼ " : "≈ ";
  const std::string relative =
      comparison->relative_gain ? " (" + percent_text(*comparison->relative_gain) + ")" : "";
  cell.lines.push_back({sign + signed_text(comparison->gain.mean) + relative, LineRole::gain});
  cell.lines.push_back({interval_text(comparison->gain), LineRole::note});
  return cell;
}

// The choice to use and its score, which a narrow screen shows without scrolling.
TableCell choice_cell(const Decision& decision) {
  const Estimate& score = decision.use.score;
  const std::string interval =
      fmt::format("{}: {} to {}", decision.use.choice ? "score to expect" : "of the best mean",
                  score_text(score.low), score_text(score.high));
  return table_cell({{verdict_text(decision.verdict), LineRole::verdict},
                     {use_text(decision), LineRole::choice},
                     {use_score_text(decision), LineRole::score},
                     {interval, LineRole::note},
                     {use_note(decision), LineRole::note}},
                    "use verdict-" + to_string(decision.verdict));
}

TableCell evidence_cell(const Decision& decision) {
  const Estimate& score = decision.honest_score;
  std::string of = fmt::format("best of {}", decision.candidates);
  if (decision.candidates < decision.candidates_planned)
    of += fmt::format(" ({} planned)", decision.candidates_planned);
  const std::string stable =
      decision.by_validation ? "chosen by validation"
      : decision.halves == 0
          ? ""
          : fmt::format("best on {} of {} halves", decision.times_chosen, decision.halves);
  return table_cell({{fmt::format("n = {}, {}", score.items, count_text(score.seeds, "seed"))},
                     {of, LineRole::note},
                     {stable, LineRole::note},
                     {differ_text(decision), LineRole::note}});
}

// A column for each comparison that decides anywhere: its name and label. The guesses of a
// multiple-choice test have none in a sweep without choices.
using ComparedColumns = std::vector<std::pair<std::string, std::string>>;

ComparedColumns compared_columns(const ReportModel& model) {
  const auto is_listed = [&](const std::string& name) {
    return std::ranges::any_of(model.decisions, [&](const Decision& decision) {
      return find_comparison(decision, name) != nullptr;
    });
  };
  ComparedColumns columns{{"random_start", "Random start, at its best"}};
  for (const BaselineEntry& entry : baselines()) {
    if (!is_listed(entry.name)) continue;
    std::string label = entry.label;
    label[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(label[0])));
    columns.emplace_back(entry.name, label);
  }
  return columns;
}

std::vector<TableCell> decision_row(const Decision& decision, const ComparedColumns& columns) {
  std::vector<TableCell> row{
      table_cell({{decision.task, LineRole::name}, {decision.train_size, LineRole::note}}),
      choice_cell(decision)};
  for (const auto& [name, label] : columns)
    row.push_back(comparison_cell(find_comparison(decision, name)));
  row.push_back(evidence_cell(decision));
  const GroupCost& cost = (decision.use.choice ? *decision.use.choice : decision.recommended).cost;
  row.push_back(table_cell({{seconds_text(cost.total())},
                            {"tuning " + seconds_text(cost.tune_seconds), LineRole::note}}));
  return row;
}

PageTable comparisons_table(const Decision& decision) {
  PageTable table{.columns = {"Against", "Which cells", "Score, gain, interval"}};
  for (const Comparison& comparison : decision.comparisons) {
    const std::string& against = comparison.absent.empty() ? comparison.against : comparison.absent;
    table.rows.push_back(
        {text_cell(comparison.label), text_cell(against), comparison_cell(&comparison)});
  }
  return table;
}

}  // namespace

std::string recommendations_html(const ReportModel& model) {
  if (model.decisions.empty()) return absent_html("No task has a finished cell yet.");
  const ComparedColumns compared = compared_columns(model);
  PageTable table{.css_class = "recommendations", .columns = {"Task and training data", "Use"}};
  for (const auto& [name, label] : compared) table.columns.push_back(label);
  table.columns.insert(table.columns.end(), {"Evidence", "Cost from nothing"});
  for (const Decision& decision : model.decisions)
    table.rows.push_back(decision_row(decision, compared));
  return wide_table_html(table);
}

std::string explanations_html(const ReportModel& model) {
  std::string html;
  for (size_t i = 0; i < model.decisions.size(); ++i) {
    const Decision& decision = model.decisions[i];
    html +=
        folded_html(fmt::format("{}, {}: {}", decision.task, decision.train_size,
                                verdict_text(decision.verdict)),
                    paragraph_html(explain(decision)) + table_html(comparisons_table(decision)) +
                        shown_examples_html(model.examples[i]));
  }
  return html;
}

}  // namespace dovetail
