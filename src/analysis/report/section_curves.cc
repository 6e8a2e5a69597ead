// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "analysis/report/html.h"
#include "analysis/report/sections.h"
#include "analysis/report/words.h"

namespace dovetail {

namespace {

// A page of many curves stays light: this many points say as much as thousands.
constexpr size_t kMostCurvePoints = 160;

bool has_group(const Analysis& analysis, const std::string& task, const std::string& tuning) {
  return std::any_of(analysis.groups.begin(), analysis.groups.end(), [&](const CellGroup& group) {
    return group.baseline.empty() && group.task == task && group.tuning == tuning;
  });
}

Json points_json(const Analysis& analysis) {
  Json points = Json::array();
  for (const GroupSummary& summary : analysis.summaries) {
    const CellGroup& group = *summary.group;
    for (const auto& [metric, estimate] : summary.scores) {
      points.push_back({{"baseline", group.baseline},
                        {"objective", group.start()},
                        {"task", group.task},
                        {"template", group.template_name},
                        {"tuning", group.tuning},
                        {"size", group.train_size},
                        {"metric", metric},
                        {"mean", estimate.mean},
                        {"low", estimate.low},
                        {"high", estimate.high},
                        {"seeds", estimate.seeds}});
    }
  }
  return points;
}

Json thinned(const Curve& curve) {
  Json points = Json::array();
  const size_t length = std::min(curve.steps.size(), curve.values.size());
  const size_t stride = std::max<size_t>(1, (length + kMostCurvePoints - 1) / kMostCurvePoints);
  for (size_t i = 0; i < length; i += stride) {
    if (std::isfinite(curve.values[i])) points.push_back({curve.steps[i], curve.values[i]});
  }
  return points;
}

// Of the pre-training jobs only: a sweep has few of them, and hundreds of tuning jobs.
Json training_curves_json(const Analysis& analysis) {
  Json curves = Json::object();
  for (const Job& job : analysis.plan->jobs) {
    const auto found = analysis.records->find(job.key);
    if (job.kind != JobKind::pretrain || found == analysis.records->end()) continue;
    for (const auto& [name, curve] : found->second.curves) {
      curves[name].push_back({{"job", job.name}, {"points", thinned(curve)}});
    }
  }
  return curves;
}

std::string figure(const std::string& task, const std::string& tuning) {
  const std::string what =
      task + ", tuning " + tuning + ": score by amount of training data, a line an objective";
  return element("figure",
                 text_element("figcaption", task + ", " + tuning) +
                     element("div", element("canvas", "", {{"role", "img"}, {"aria-label", what}}),
                             {{"class", "canvas"}}),
                 {{"class", "curve"}, {"data-task", task}, {"data-tuning", tuning}});
}

std::string curve_row(const Analysis& analysis, const CellGroup& like, const std::string& metric) {
  std::string row = text_element("th", like.start(), {{"scope", "row"}}) +
                    text_element("td", like.template_name) + text_element("td", like.tuning);
  for (const std::string& size : analysis.labels("train_size")) {
    std::string text = "·";
    const GroupSummary* summary =
        analysis.find(like.task, like.start(), like.template_name, like.tuning, size);
    if (summary && summary->scores.contains(metric)) {
      const Estimate& estimate = summary->scores.at(metric);
      text = score_text(estimate.mean) + " (" + score_text(estimate.low) + " to " +
             score_text(estimate.high) + ")";
    }
    row += text_element("td", text);
  }
  return element("tr", row);
}

std::string curves_table(const Analysis& analysis, const std::string& task) {
  const std::string metric = main_metric_of(task, *analysis.plan, analysis.options);
  std::string heads;
  for (const char* title : {"Objective", "Template", "Tuning"})
    heads += text_element("th", title, {{"scope", "col"}});
  for (const std::string& size : analysis.labels("train_size"))
    heads += text_element("th", size, {{"scope", "col"}});
  std::string rows;
  std::set<std::string> seen;
  for (const CellGroup& group : analysis.groups) {
    if (!group.baseline.empty() || group.task != task || !seen.insert(group.choice()).second)
      continue;
    rows += curve_row(analysis, group, metric);
  }
  return element("table", text_element("caption", task + ", " + metric_text(metric)) +
                              element("thead", element("tr", heads)) + element("tbody", rows));
}

}  // namespace

std::string best_covered_template(const Analysis& analysis) {
  std::string best;
  int64_t most = -1;
  for (const std::string& name : analysis.labels("template")) {
    const int64_t covered =
        std::count_if(analysis.summaries.begin(), analysis.summaries.end(), [&](auto& summary) {
          return summary.group->baseline.empty() && summary.group->template_name == name &&
                 !summary.scores.empty();
        });
    if (covered > most) {
      best = name;
      most = covered;
    }
  }
  return best;
}

std::string template_options_html(const Analysis& analysis) {
  const std::string first = best_covered_template(analysis);
  std::string html;
  for (const std::string& name : analysis.labels("template")) {
    Attributes attributes{{"value", name}};
    if (name == first) attributes.push_back({"selected", "selected"});
    html += text_element("option", name, attributes);
  }
  return html;
}

Json chart_data(const Analysis& analysis) {
  Json forests = claim_forests(analysis);
  forests.update(selector_forests(analysis));
  Json deciding = Json::object();
  for (const std::string& task : analysis.labels("task")) {
    deciding[task] = main_metric_of(task, *analysis.plan, analysis.options);
  }
  return {{"objectives", analysis.starts()},
          {"sizes", analysis.labels("train_size")},
          {"deciding", deciding},
          {"points", points_json(analysis)},
          {"training", training_curves_json(analysis)},
          {"forests", forests}};
}

std::string learning_curves_html(const Analysis& analysis, bool with_charts) {
  std::string figures, tables;
  for (const std::string& task : analysis.labels("task")) {
    for (const std::string& tuning : analysis.labels("tuning")) {
      if (with_charts && has_group(analysis, task, tuning)) figures += figure(task, tuning);
    }
    tables += curves_table(analysis, task);
  }
  if (!with_charts) {
    return text_element(
               "p",
               "This binary was built without Chart.js (Debian: libjs-chart.js), so the curves are "
               "given as tables.",
               {{"class", "note"}}) +
           tables;
  }
  return element("div", figures, {{"class", "figures"}}) +
         element("details",
                 "<summary>The same as tables (mean and 95 % interval)</summary>" + tables);
}

}  // namespace dovetail
