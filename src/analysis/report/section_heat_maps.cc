// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "analysis/report/html.h"
#include "analysis/report/sections.h"
#include "analysis/report/words.h"

namespace dovetail {

namespace {

// One small table: the mean over seeds at one tuning and train size.
struct Panel {
  const Analysis& analysis;
  std::string task, metric, tuning, train_size;
  double lowest = 0, highest = 1;  // of the task, so that its panels share one colour scale
};

const GroupSummary* find_summary(const Panel& panel, const std::string& start,
                                 const std::string& template_name) {
  return panel.analysis.find(panel.task, start, template_name, panel.tuning, panel.train_size);
}

bool is_recommended(const Panel& panel, const GroupSummary& summary) {
  for (const Decision& decision : panel.analysis.decisions) {
    if (decision.task != panel.task || decision.train_size != panel.train_size ||
        decision.metric != panel.metric)
      continue;
    const Choice& use = decision.recommended;
    return use.start == summary.group->start() &&
           use.template_name == summary.group->template_name && use.tuning == summary.group->tuning;
  }
  return false;
}

std::string score_cell(const Panel& panel, const GroupSummary& summary, const Estimate& estimate) {
  const double range = panel.highest - panel.lowest;
  const double shade = range > 0 ? (estimate.mean - panel.lowest) / range : 0.5;
  const bool chosen = is_recommended(panel, summary);
  const std::string half = fmt::format("±{:.3f}", (estimate.high - estimate.low) / 2);
  const int64_t planned = static_cast<int64_t>(summary.group->cells.size());
  const std::string seeds =
      estimate.seeds < planned ? fmt::format("{} of {} seeds", estimate.seeds, planned) : "";
  return element("td",
                 text_element("span", (chosen ? "★ " : "") + score_text(estimate.mean)) +
                     text_element("small", half) +
                     (seeds.empty() ? "" : text_element("small", seeds)),
                 {{"class", std::string("heat") +
                                (shade > 0.68  ? " strong"
                                 : shade > 0.5 ? " middle"
                                               : "") +
                                (chosen ? " chosen" : "")},
                  {"style", fmt::format("--v:{:.0f}%", 100 * std::clamp(shade, 0.0, 1.0))},
                  {"title", summary.group->choice() + (chosen ? " (recommended)" : "")}});
}

std::string heat_cell(const Panel& panel, const std::string& start,
                      const std::string& template_name) {
  const GroupSummary* summary = find_summary(panel, start, template_name);
  if (!summary) return "<td class=\"absent\" title=\"not in this sweep\">·</td>";
  const auto found = summary->scores.find(panel.metric);
  if (found != summary->scores.end()) return score_cell(panel, *summary, found->second);
  const bool failed = summary->group->count(CellState::failed) > 0;
  return text_element("td", failed ? "failed" : "to come", {{"class", "absent"}});
}

std::string panel_html(const Panel& panel) {
  std::string heads = "<th scope=\"col\"></th>";
  std::string rows;
  for (const std::string& name : panel.analysis.labels("template"))
    heads += text_element("th", name, {{"scope", "col"}});
  for (const std::string& start : panel.analysis.starts()) {
    std::string row = text_element("th", start, {{"scope", "row"}});
    bool any = false;
    for (const std::string& name : panel.analysis.labels("template")) {
      any = any || find_summary(panel, start, name) != nullptr;
      row += heat_cell(panel, start, name);
    }
    if (any) rows += element("tr", row);  // a start that the sweep leaves out here has no row
  }
  if (rows.empty()) return "";
  return element("table",
                 text_element("caption", panel.tuning + ", " + panel.train_size) +
                     element("thead", element("tr", heads)) + element("tbody", rows),
                 {{"class", "heat-map"}});
}

// "most_frequent 0.102 (all), copy 0.000": the best of each kind at each size.
std::string baselines_text(const Panel& panel) {
  std::vector<std::string> parts;
  for (const char* name : {"most_frequent", "copy", "untuned"}) {
    std::map<std::string, double> best;
    for (const GroupSummary& summary : panel.analysis.summaries) {
      if (summary.group->baseline != name || summary.group->task != panel.task) continue;
      const auto found = summary.scores.find(panel.metric);
      if (found == summary.scores.end()) continue;
      auto [place, is_new] = best.try_emplace(summary.group->train_size, found->second.mean);
      place->second = std::max(place->second, found->second.mean);
    }
    for (const auto& [size, score] : best) {
      parts.push_back(
          fmt::format("{} {}{}", name, score_text(score), size.empty() ? "" : " (" + size + ")"));
    }
  }
  return parts.empty() ? "No baseline has been scored."
                       : fmt::format("Baselines: {}.", fmt::join(parts, ", "));
}

bool colour_range(const Analysis& analysis, const std::string& task, const std::string& metric,
                  double& lowest, double& highest) {
  bool any = false;
  for (const GroupSummary& summary : analysis.summaries) {
    if (!summary.group->baseline.empty() || summary.group->task != task) continue;
    const auto found = summary.scores.find(metric);
    if (found == summary.scores.end()) continue;
    lowest = any ? std::min(lowest, found->second.mean) : found->second.mean;
    highest = any ? std::max(highest, found->second.mean) : found->second.mean;
    any = true;
  }
  return any;
}

std::string metric_view(const Analysis& analysis, const std::string& task,
                        const std::string& metric, bool deciding) {
  Panel panel{analysis, task, metric, "", ""};
  if (!colour_range(analysis, task, metric, panel.lowest, panel.highest)) {
    return element(
        "div", text_element("p", "No finished cell yet.", {{"class", "absent"}}),
        deciding
            ? Attributes{{"class", "metric-view"},
                         {"data-metric", metric},
                         {"data-deciding", "yes"}}
            : Attributes{{"class", "metric-view"}, {"data-metric", metric}, {"hidden", "hidden"}});
  }
  std::string panels;
  for (const std::string& tuning : analysis.labels("tuning")) {
    for (const std::string& size : analysis.labels("train_size")) {
      panel.tuning = tuning;
      panel.train_size = size;
      panels += panel_html(panel);
    }
  }
  const std::string note =
      fmt::format("{}; the colours run from {} to {}. {}", metric_text(metric),
                  score_text(panel.lowest), score_text(panel.highest), baselines_text(panel));
  Attributes attributes{{"class", "metric-view"}, {"data-metric", metric}};
  attributes.push_back(deciding ? std::pair("data-deciding", "yes")
                                : std::pair("hidden", "hidden"));
  return element(
      "div",
      text_element("p", note, {{"class", "note"}}) + element("div", panels, {{"class", "panels"}}),
      attributes);
}

}  // namespace

std::string heat_maps_html(const Analysis& analysis) {
  std::string html;
  for (const std::string& task : analysis.labels("task")) {
    const std::string deciding = main_metric_of(task, *analysis.plan, analysis.options);
    std::string views;
    for (const std::string& metric : analysis.plan->metrics) {
      views += metric_view(analysis, task, metric, metric == deciding);
    }
    html += element("section", text_element("h3", task) + views, {{"class", "task"}});
  }
  return html;
}

std::string metric_options_html(const Analysis& analysis) {
  std::string html = text_element("option", "the one that decides for each task", {{"value", ""}});
  for (const std::string& metric : analysis.plan->metrics) {
    html += text_element("option", metric_text(metric), {{"value", metric}});
  }
  return html;
}

}  // namespace dovetail
