// SPDX-License-Identifier: Apache-2.0
#include "analysis/report/heat_map_view.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "analysis/report/decision_words.h"
#include "analysis/report/number_text.h"
#include "analysis/report/page_parts.h"
#include "analysis/report/page_table.h"
#include "plan/baselines.h"

namespace dovetail {

namespace {

// One heat map: the mean over seeds at one tuning and train size.
struct HeatMap {
  const ReportModel& model;
  std::string task, metric, tuning, train_size;
  double lowest = 0, highest = 1;  // of the task, so that its heat maps share one colour scale

  bool higher_is_better() const { return model.higher_is_better(metric); }
};

// A baseline, or nothing to recommend, has no star, and neither have cells that may all be alike.
bool is_to_be_used(const HeatMap& map, const GroupRow& group) {
  for (const Decision& decision : map.model.decisions) {
    if (decision.task != map.task || decision.train_size != map.train_size ||
        decision.metric != map.metric)
      continue;
    if (!decision.use.choice || !decision.use.choice->baseline.empty()) return false;
    if (!cells_differ(decision)) return false;
    const Choice& use = *decision.use.choice;
    return use.start == group.start && use.template_name == group.template_name &&
           use.tuning == group.tuning;
  }
  return false;
}

TableCell score_cell(const HeatMap& map, const GroupRow& group, const Estimate& estimate) {
  const double range = map.highest - map.lowest;
  const bool chosen = is_to_be_used(map, group);
  const std::string seeds = estimate.seeds < group.seeds_planned
                                ? fmt::format("{} of {} seeds", estimate.seeds, group.seeds_planned)
                                : "";
  TableCell cell =
      table_cell({{(chosen ? "★ " : "") + score_text(estimate.mean)},
                  {fmt::format("±{:.3f}", (estimate.high - estimate.low) / 2), LineRole::note},
                  {seeds, LineRole::note}},
                 chosen ? "chosen" : "");
  const double above =
      map.higher_is_better() ? estimate.mean - map.lowest : map.highest - estimate.mean;
  cell.shade = range > 0 ? above / range : 0.5;
  cell.title = group.choice + (chosen ? " (to be used)" : "");
  return cell;
}

TableCell heat_cell(const HeatMap& map, const GroupRow* group) {
  if (!group) return {.lines = {{"·"}}, .css_class = "absent", .title = "not in this sweep"};
  const auto found = group->scores.find(map.metric);
  if (found != group->scores.end()) return score_cell(map, *group, found->second);
  return text_cell(group->seeds_failed > 0 ? "failed" : "to come", "absent");
}

// Without the rows of starts that the sweep leaves out here.
PageTable heat_map_table(const HeatMap& map) {
  PageTable table{
      .css_class = "heat-map", .caption = map.tuning + ", " + map.train_size, .columns = {""}};
  const std::vector<std::string>& templates = map.model.labels("template");
  table.columns.insert(table.columns.end(), templates.begin(), templates.end());
  for (const std::string& start : map.model.starts) {
    std::vector<TableCell> row{text_cell(start)};
    bool any = false;
    for (const std::string& name : templates) {
      const GroupRow* group = map.model.find(map.task, start, name, map.tuning, map.train_size);
      any = any || group != nullptr;
      row.push_back(heat_cell(map, group));
    }
    if (any) table.rows.push_back(std::move(row));
  }
  return table;
}

// "most_frequent 0.102 (all), copy 0.000": the best of each kind at each size.
std::string baselines_text(const HeatMap& map) {
  std::vector<std::string> parts;
  for (const BaselineEntry& entry : baselines()) {
    const std::string& name = entry.name;
    std::map<std::string, double> best;
    for (const GroupRow& group : map.model.groups) {
      if (group.baseline != name || group.task != map.task) continue;
      const auto found = group.scores.find(map.metric);
      if (found == group.scores.end()) continue;
      auto [place, is_new] = best.try_emplace(group.train_size, found->second.mean);
      const double mean = found->second.mean;
      place->second =
          map.higher_is_better() ? std::max(place->second, mean) : std::min(place->second, mean);
    }
    for (const auto& [size, score] : best) {
      parts.push_back(
          fmt::format("{} {}{}", name, score_text(score), size.empty() ? "" : " (" + size + ")"));
    }
  }
  return parts.empty() ? "No baseline has been scored."
                       : fmt::format("Baselines: {}.", fmt::join(parts, ", "));
}

// Sets the colour range; false if no cell of the task has a score of the metric.
bool set_colour_range(HeatMap& map) {
  bool any = false;
  for (const GroupRow& group : map.model.groups) {
    if (!group.baseline.empty() || group.task != map.task) continue;
    const auto found = group.scores.find(map.metric);
    if (found == group.scores.end()) continue;
    const double mean = found->second.mean;
    map.lowest = any ? std::min(map.lowest, mean) : mean;
    map.highest = any ? std::max(map.highest, mean) : mean;
    any = true;
  }
  return any;
}

// The train sizes at which nothing says that the cells differ.
std::string alike_text(const HeatMap& map) {
  std::vector<std::string> sizes;
  for (const Decision& decision : map.model.decisions) {
    const bool here = decision.task == map.task && decision.metric == map.metric;
    if (here && decision.candidates > 1 && !cells_differ(decision))
      sizes.push_back(fmt::format("{} (F test: {})", decision.train_size,
                                  decision.differ.runs_known
                                      ? "p " + p_text(decision.differ.p_value)
                                      : std::string("one run each")));
  }
  if (sizes.empty()) return "";
  return fmt::format(" Nothing says that the cells differ at all at {}, so none has a star there.",
                     fmt::join(sizes, ", "));
}

std::string metric_view_content(HeatMap& map) {
  if (!set_colour_range(map)) return absent_html("No finished cell yet.");
  std::string maps;
  for (const std::string& tuning : map.model.labels("tuning")) {
    for (const std::string& size : map.model.labels("train_size")) {
      map.tuning = tuning;
      map.train_size = size;
      const PageTable table = heat_map_table(map);
      if (!table.rows.empty()) maps += table_html(table);
    }
  }
  const bool higher = map.higher_is_better();
  const std::string note = fmt::format(
      "{}{}; the colours run from {} to {}. {}{}", metric_text(map.metric),
      higher ? "" : " (less is better)", score_text(higher ? map.lowest : map.highest),
      score_text(higher ? map.highest : map.lowest), baselines_text(map), alike_text(map));
  return paragraph_html(note, "note") + element("div", maps, {{"class", "panels"}});
}

std::string metric_view(const ReportModel& model, const std::string& task,
                        const std::string& metric) {
  HeatMap map{.model = model, .task = task, .metric = metric};
  Attributes attributes{{"class", "metric-view"}, {"data-metric", metric}};
  if (metric == model.primary_metric.at(task))
    attributes.emplace_back("data-primary", "yes");
  else
    attributes.emplace_back("hidden", "hidden");
  return element("div", metric_view_content(map), attributes);
}

}  // namespace

std::string heat_maps_html(const ReportModel& model) {
  std::string html;
  for (const std::string& task : model.labels("task")) {
    std::string views;
    for (const std::string& metric : model.metrics) views += metric_view(model, task, metric);
    html += element("section", text_element("h3", task) + views, {{"class", "task"}});
  }
  return html;
}

std::string metric_options_html(const ReportModel& model) {
  std::string html = option_html("", "the primary metric of each task");
  for (const std::string& metric : model.metrics) html += option_html(metric, metric_text(metric));
  return html;
}

}  // namespace dovetail
