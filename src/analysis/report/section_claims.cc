// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "analysis/report/html.h"
#include "analysis/report/sections.h"
#include "analysis/report/words.h"

namespace dovetail {

namespace {

// Of a list of cells that cannot be used; the rest is in the tables.
constexpr size_t kMostUnusable = 5;

std::string small(const std::string& text) { return text_element("small", text); }

std::string head_row(const std::vector<std::string>& titles) {
  std::string heads;
  for (const std::string& title : titles) heads += text_element("th", title, {{"scope", "col"}});
  return element("thead", element("tr", heads));
}

const char* class_of(ClaimVerdict verdict) {
  switch (verdict) {
    case ClaimVerdict::holds: return "better";
    case ClaimVerdict::does_not_hold: return "worse";
    case ClaimVerdict::undecided: return "tie";
    case ClaimVerdict::not_run: return "absent";
  }
  return "";
}

// "0.182 → 0.223": what the effect starts from stands before it, always.
std::string scores_cell(const ClaimResult& result, const SideScores& scores) {
  const std::optional<double> relative = scores.relative(result.higher_is_better);
  std::string html =
      text_element("span", score_text(scores.better) + " against " + score_text(scores.worse));
  if (relative) html += small("relative " + percent_text(*relative));
  if (scores.reference_better) {
    html += small("to be exceeded: " + score_text(*scores.reference_better) + " against " +
                  score_text(*scores.reference_worse));
  }
  return element("td", html);
}

std::string effect_cell(const ClaimResult& result, const Estimate& effect, const char* css_class) {
  return element("td",
                 text_element("span", effect_text(result, effect.mean), {{"class", "gain"}}) +
                     small(effect_interval_text(result, effect)),
                 {{"class", css_class}});
}

std::string unusable_html(const ClaimResult& result) {
  std::string html;
  for (size_t i = 0; i < std::min(result.unusable.size(), kMostUnusable); ++i)
    html += small(result.unusable[i]);
  if (result.unusable.size() > kMostUnusable) {
    html += small(fmt::format("and {} more", result.unusable.size() - kMostUnusable));
  }
  return html;
}

std::string claim_row(const ClaimResult& result) {
  const char* state = class_of(result.verdict);
  const std::string cells =
      result.tasks.empty() ? unusable_html(result) : "";  // else they stand task by task
  std::string row =
      element("th", text_element("span", result.claim.name) + small(result.claim.source),
              {{"scope", "row"}});
  row += text_element("td", metric_text(result.metric));
  row += element("td",
                 text_element("span", verdict_text(result.verdict), {{"class", "gain"}}) +
                     (result.reason.empty() ? "" : small(result.reason) + cells),
                 {{"class", state}});
  if (result.tasks.empty()) return element("tr", row + "<td></td><td></td><td></td><td></td>");
  row += scores_cell(result, result.scores) + effect_cell(result, result.effect.estimate, state);
  row += text_element("td", evidence_text(result));
  const bool judged = result.verdict != ClaimVerdict::not_run;
  row += text_element(
      "td", judged ? p_text(result.effect.p_value) + " (" + p_text(result.p_holm) + ")" : "so far");
  return element("tr", row);
}

std::string tasks_table(const ClaimResult& result) {
  std::string rows;
  for (const ClaimOnTask& task : result.tasks) {
    const double at_least = result.claim.at_least;
    const char* state = task.effect.low > at_least    ? "better"
                        : task.effect.high < at_least ? "worse"
                                                      : "tie";
    rows += element(
        "tr",
        text_element("th", task.task, {{"scope", "row"}}) + scores_cell(result, task.scores) +
            effect_cell(result, task.effect, state) +
            text_element("td", fmt::format("n = {}, {} seed{}, {} pair{}", task.effect.items,
                                           task.effect.seeds, task.effect.seeds == 1 ? "" : "s",
                                           task.pairs, task.pairs == 1 ? "" : "s")));
  }
  return element("table",
                 head_row({"Task", "Score", "Effect", "Evidence"}) + element("tbody", rows));
}

std::string forest_name(size_t place) { return fmt::format("claim-{}", place); }

std::string title_of(const ClaimResult& result) {
  return result.claim.name + ", " + metric_text(result.metric);
}

}  // namespace

std::string forest_html(const std::string& name, const std::string& title, size_t rows) {
  const std::string height = fmt::format("height:{:.1f}rem", 4.2 + 1.5 * static_cast<double>(rows));
  return element(
      "figure",
      text_element("figcaption", title) +
          element("div",
                  element("canvas", "",
                          {{"role", "img"}, {"aria-label", title + ", with 95 % intervals"}}),
                  {{"class", "canvas"}, {"style", height}}),
      {{"class", "forest"}, {"data-forest", name}});
}

std::string claims_html(const Analysis& analysis, bool with_charts) {
  if (analysis.claims.empty())
    return text_element("p", "The sweep file holds no claims.", {{"class", "absent"}});
  std::string rows, figures, details;
  bool any = false;
  for (size_t i = 0; i < analysis.claims.size(); ++i) {
    const ClaimResult& result = analysis.claims[i];
    rows += claim_row(result);
    if (result.tasks.empty()) continue;
    any = true;
    if (with_charts)
      figures += forest_html(forest_name(i), title_of(result), result.tasks.size() + 1);
    details += element(
        "details", text_element("summary", title_of(result) + ": " + verdict_text(result.verdict)) +
                       text_element("p", explain(result)) + tasks_table(result) +
                       unusable_html(result));
  }
  std::string html =
      any ? ""
          : text_element("p", "No pair of cells that a claim compares has finished yet.",
                         {{"class", "absent"}});
  html += element(
      "div",
      element("table",
              head_row({"Claim", "Metric", "Verdict", "Score", "Effect", "Evidence", "p (Holm)"}) +
                  element("tbody", rows),
              {{"class", "claims"}}),
      {{"class", "wide"}});
  if (!figures.empty()) html += element("div", figures, {{"class", "figures"}});
  return html + (details.empty() ? "" : text_element("h3", "Task by task") + details);
}

Json claim_forests(const Analysis& analysis) {
  Json forests = Json::object();
  for (size_t i = 0; i < analysis.claims.size(); ++i) {
    const ClaimResult& result = analysis.claims[i];
    Json rows = Json::array();
    const auto add = [&](const std::string& label, const Estimate& effect, bool pooled) {
      rows.push_back({{"label", label},
                      {"mean", effect.mean},
                      {"low", effect.low},
                      {"high", effect.high},
                      {"pooled", pooled}});
    };
    for (const ClaimOnTask& task : result.tasks) add(task.task, task.effect, false);
    add("all tasks: " + verdict_text(result.verdict), result.effect.estimate, true);
    const std::string unit = result.claim.reduce == "relative"
                                 ? "relative gain"
                                 : "gain in " + metric_text(result.metric);
    if (!result.tasks.empty())
      forests[forest_name(i)] = {{"rows", rows}, {"line", result.claim.at_least}, {"unit", unit}};
  }
  return forests;
}

}  // namespace dovetail
