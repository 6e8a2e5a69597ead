// SPDX-License-Identifier: Apache-2.0
#include "analysis/report/claim_view.h"

#include <fmt/format.h>

#include <algorithm>

#include "analysis/report/claim_words.h"
#include "analysis/report/number_text.h"
#include "analysis/report/page_parts.h"
#include "analysis/report/page_table.h"

namespace dovetail {

namespace {

// The page names this many of the cells that a claim lacks; claims.csv has all.
constexpr size_t kMostUnusable = 5;

const char* class_of(ClaimVerdict verdict) {
  switch (verdict) {
    case ClaimVerdict::holds: return "better";
    case ClaimVerdict::does_not_hold: return "worse";
    case ClaimVerdict::equivalent:
    case ClaimVerdict::holds_here:
    case ClaimVerdict::does_not_hold_here:
    case ClaimVerdict::equivalent_here:
    case ClaimVerdict::undecided:
    case ClaimVerdict::borderline: return "tie";
    case ClaimVerdict::not_run: return "absent";
  }
  return "";
}

// "0.223 against 0.182": the two scores always stand beside their relative gain.
TableCell scores_cell(const ClaimResult& result, const SideScores& scores) {
  const std::optional<double> relative = scores.relative(result.higher_is_better);
  std::vector<CellLine> lines{{score_text(scores.better) + " against " + score_text(scores.worse)}};
  if (relative) lines.push_back({"relative " + percent_text(*relative), LineRole::note});
  if (scores.reference_better) {
    lines.push_back(
        {fmt::format("to be exceeded: {} against {}", score_text(*scores.reference_better),
                     score_text(*scores.reference_worse)),
         LineRole::note});
  }
  return table_cell(std::move(lines));
}

TableCell effect_cell(const ClaimResult& result, const Estimate& effect, const char* css_class) {
  return table_cell({{effect_text(result, effect.mean), LineRole::gain},
                     {effect_interval_text(result, effect), LineRole::note}},
                    css_class);
}

std::vector<std::string> unusable_texts(const ClaimResult& result) {
  const size_t shown = std::min(result.unusable.size(), kMostUnusable);
  std::vector<std::string> texts(result.unusable.begin(),
                                 result.unusable.begin() + static_cast<std::ptrdiff_t>(shown));
  if (result.unusable.size() > shown)
    texts.push_back(fmt::format("and {} more", result.unusable.size() - shown));
  return texts;
}

TableCell verdict_cell(const ClaimResult& result) {
  std::vector<CellLine> lines{{verdict_text(result), LineRole::gain},
                              {result.reason, LineRole::note},
                              {detectable_text(result), LineRole::note},
                              {registration_text(result), LineRole::note}};
  // Otherwise the unusable cells stand with the claim's tasks.
  if (result.tasks.empty() && !result.reason.empty()) {
    for (const std::string& text : unusable_texts(result)) lines.push_back({text, LineRole::note});
  }
  return table_cell(std::move(lines), class_of(result.verdict));
}

std::vector<TableCell> claim_row(const ClaimResult& result) {
  std::vector<TableCell> row{
      table_cell({{result.claim.name}, {result.claim.source, LineRole::note}}),
      text_cell(metric_text(result.metric)), verdict_cell(result)};
  if (result.tasks.empty()) return row;
  row.push_back(scores_cell(result, result.scores));
  row.push_back(effect_cell(result, result.effect.estimate, class_of(result.verdict)));
  row.push_back(text_cell(evidence_text(result)));
  const bool judged = result.verdict != ClaimVerdict::not_run;
  row.push_back(text_cell(
      judged ? p_text(result.effect.p_value) + " (" + p_text(result.p_holm) + ")" : "so far"));
  return row;
}

PageTable tasks_table(const ClaimResult& result) {
  PageTable table{.columns = {"Task", "Score", "Effect", "Evidence"}};
  for (const ClaimOnTask& task : result.tasks) {
    const double at_least = result.claim.at_least;
    const char* state = task.effect.low > at_least    ? "better"
                        : task.effect.high < at_least ? "worse"
                                                      : "tie";
    table.rows.push_back({text_cell(task.task), scores_cell(result, task.scores),
                          effect_cell(result, task.effect, state),
                          text_cell(fmt::format("n = {}, {}, {}", task.effect.items,
                                                count_text(task.effect.seeds, "seed"),
                                                count_text(task.pairs, "pair")))});
  }
  return table;
}

PageTable apart_table(const ClaimResult& result) {
  PageTable table{.columns = {"Each apart", "Score", "Effect", "p"}};
  for (const ClaimApart& part : result.apart) {
    table.rows.push_back({text_cell(part.label), scores_cell(result, part.scores),
                          effect_cell(result, part.effect, "tie"),
                          text_cell(p_text(part.p_value))});
  }
  return table;
}

std::string title_of(const ClaimResult& result) {
  return result.claim.name + ", " + metric_text(result.metric);
}

std::string forest_chart(const ClaimResult& result, size_t index) {
  return chart_html({.kind = "forest",
                     .caption = title_of(result),
                     .label = title_of(result) + ", with 95 % intervals",
                     .data = {{"data-claim", fmt::format("{}", index)}},
                     .rows = result.tasks.size() + 1});
}

std::string claim_details(const ClaimResult& result) {
  std::string content = paragraph_html(explain(result)) +
                        paragraph_html(registration_text(result) + ".") +
                        (result.apart.empty() ? "" : table_html(apart_table(result))) +
                        table_html(tasks_table(result));
  for (const std::string& text : unusable_texts(result)) content += text_element("small", text);
  return folded_html(title_of(result) + ": " + verdict_text(result), content);
}

}  // namespace

std::string claims_html(const ReportModel& model, bool with_charts) {
  if (model.claims.empty()) return absent_html("The sweep file holds no claims.");
  PageTable table{
      .css_class = "claims",
      .columns = {"Claim", "Metric", "Verdict", "Score", "Effect", "Evidence", "p (Holm)"}};
  std::string figures, details;
  for (size_t i = 0; i < model.claims.size(); ++i) {
    const ClaimResult& result = model.claims[i];
    table.rows.push_back(claim_row(result));
    if (result.tasks.empty()) continue;
    if (with_charts) figures += forest_chart(result, i);
    details += claim_details(result);
  }
  const std::string absent =
      details.empty() ? absent_html("No pair of cells that a claim compares has finished yet.")
                      : "";
  return absent + wide_table_html(table) + figures_html(figures) +
         (details.empty() ? "" : text_element("h3", "Task by task") + details);
}

}  // namespace dovetail
