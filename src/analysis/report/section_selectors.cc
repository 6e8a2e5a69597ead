// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "analysis/report/html.h"
#include "analysis/report/sections.h"
#include "analysis/report/words.h"

namespace dovetail {

namespace {

constexpr const char* kForest = "selectors";

std::string small(const std::string& text) { return text_element("small", text); }

std::string spaced(std::string name) {
  std::replace(name.begin(), name.end(), '_', ' ');
  return name;
}

std::string head_row(const std::vector<std::string>& titles) {
  std::string heads;
  for (const std::string& title : titles) heads += text_element("th", title, {{"scope", "col"}});
  return element("thead", element("tr", heads));
}

std::vector<std::string> baselines(const Analysis& analysis) {
  std::vector<std::string> names;
  for (const SelectorResult& result : analysis.selectors) {
    if (result.selector->baseline) names.push_back(result.selector->name);
  }
  return names;
}

std::string against_cell(const SelectorSummary& summary, const std::string& baseline) {
  const auto found = summary.against.find(baseline);
  if (found == summary.against.end()) return "<td></td>";
  const Estimate& effect = found->second.estimate;
  const char* state = effect.low > 0 ? "better" : effect.high < 0 ? "worse" : "tie";
  return element("td",
                 text_element("span", signed_text(effect.mean), {{"class", "gain"}}) +
                     small(interval_text(effect)),
                 {{"class", state}});
}

std::string selector_row(const SelectorResult& result, const std::vector<std::string>& baselines) {
  std::string row = element("th",
                            text_element("span", spaced(result.selector->name)) +
                                small(result.selector->rule) + small(result.selector->source),
                            {{"scope", "row"}});
  if (!result.summary) {
    const std::string why = result.cases.empty() ? "" : result.cases[0].selection.absent;
    row += element("td", text_element("span", "chose nowhere") + small(why), {{"class", "absent"}});
    for (size_t i = 0; i < baselines.size() + 3; ++i) row += "<td></td>";
    return element("tr", row);
  }
  const SelectorSummary& s = *result.summary;
  row +=
      element("td", text_element("span", signed_text(s.regret.estimate.mean), {{"class", "gain"}}) +
                        small(interval_text(s.regret.estimate)));
  row += text_element("td", s.examples > 0 ? fmt::format("{:.0f}", s.examples) : "none");
  row += element("td", text_element("span", score_text(s.score)) +
                           small("best cells " + score_text(s.best_score)));
  row += element(
      "td",
      text_element("span", fmt::format("{} of {}", s.times_best, s.cases)) +
          small(fmt::format("blindly {:.1f}", s.chance_of_best * static_cast<double>(s.cases))) +
          small(fmt::format("{} task{}{}", s.regret.tasks, s.regret.tasks == 1 ? "" : "s",
                            s.regret.tasks_resampled ? ", drawn anew too" : ", these alone")));
  for (const std::string& baseline : baselines) row += against_cell(s, baseline);
  return element("tr", row);
}

std::string cases_table(const SelectorResult& result) {
  std::string rows;
  for (const SelectorCase& found : result.cases) {
    std::string row = element(
        "th", text_element("span", found.task) + small(found.train_size + ", " + found.tuning),
        {{"scope", "row"}});
    if (!found.selection.absent.empty()) {
      row += text_element("td", found.selection.absent, {{"class", "absent"}, {"colspan", "3"}});
    } else {
      row += element("td", text_element("span", selection_text(found.selection)));
      row += element(
          "td", text_element("span", score_text(found.score.mean)) +
                    small("best " + score_text(found.best_score) + ", " + choice_text(found.best)));
      row += element("td", text_element("span", signed_text(found.regret.mean)) +
                               small(interval_text(found.regret)));
    }
    rows += element("tr", row);
  }
  return element("table", head_row({"Task", "Choice", "Score", "Regret"}) + element("tbody", rows));
}

}  // namespace

std::string selectors_html(const Analysis& analysis, bool with_charts) {
  if (analysis.selectors.empty()) {
    return text_element("p", "No task has two choices yet whose seeds have all finished.",
                        {{"class", "absent"}});
  }
  std::string html, rows, details;
  if (analysis.plan->probes.empty()) {
    html += text_element(
        "p", "This sweep probes no untuned model, so selectors that need a probe choose nothing.",
        {{"class", "note"}});
  }
  const std::vector<std::string> held_against = baselines(analysis);
  size_t drawn = 0;
  for (const SelectorResult& result : analysis.selectors) {
    rows += selector_row(result, held_against);
    if (!result.summary) continue;
    ++drawn;
    details += element("details",
                       text_element("summary", spaced(result.selector->name) + ": its choices") +
                           cases_table(result));
  }
  std::vector<std::string> titles{"Selector", "Regret", "Labelled examples it saw", "Score",
                                  "The best cells named"};
  for (const std::string& name : held_against)
    titles.push_back("Better than " + spaced(name) + " by");
  html += element(
      "div",
      element("table", head_row(titles) + element("tbody", rows), {{"class", "claims selectors"}}),
      {{"class", "wide"}});
  if (with_charts)
    html +=
        element("div", forest_html(kForest, "Regret (squares: choices that need no method)", drawn),
                {{"class", "figures"}});
  return html + details;
}

Json selector_forests(const Analysis& analysis) {
  Json rows = Json::array();
  for (const SelectorResult& result : analysis.selectors) {
    if (!result.summary) continue;
    const Estimate& regret = result.summary->regret.estimate;
    rows.push_back({{"label", spaced(result.selector->name)},
                    {"mean", regret.mean},
                    {"low", regret.low},
                    {"high", regret.high},
                    {"pooled", !result.selector->baseline}});
  }
  if (rows.empty()) return Json::object();
  return {{kForest,
           {{"rows", rows}, {"line", 0}, {"unit", "regret: score lost against the best cells"}}}};
}

std::string selection_text(const Selection& selection) {
  if (!selection.absent.empty()) return "no choice: " + selection.absent;
  std::string text = "choose " + choice_text(selection.choice);
  if (selection.confidence) text += fmt::format(" (confidence {:.2f})", *selection.confidence);
  text += ": " + selection.reason;
  if (selection.value) {
    text += fmt::format("; {} {:.3f}, 95 % interval {:.3f} to {:.3f}", selection.statistic,
                        selection.value->mean, selection.value->low, selection.value->high);
  }
  return text;
}

std::string explain(const SelectorCase& found) {
  std::string text = selection_text(found.selection) + ".";
  if (!found.selection.absent.empty()) return text;
  return text + fmt::format(
                    " It scores {} {} against {} for the best cells: regret {} (95 % interval {}).",
                    score_text(found.score.mean), metric_text(found.metric),
                    score_text(found.best_score), signed_text(found.regret.mean),
                    interval_text(found.regret));
}

}  // namespace dovetail
