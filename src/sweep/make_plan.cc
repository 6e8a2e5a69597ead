// SPDX-License-Identifier: Apache-2.0
#include "sweep/make_plan.h"

#include <algorithm>
#include <set>

#include "base/error.h"
#include "base/hash.h"
#include "base/names.h"
#include "sweep/job_graph.h"
#include "sweep/sections.h"

namespace dovetail {

namespace {

// Every combination of the axes' values, the last axis moving fastest; axes that the sweep lacks
// stay null.
std::vector<GridPoint> expand(const Sweep& sweep) {
  std::vector<GridPoint> points = {GridPoint{}};
  for (size_t i = 0; i < kAxes.size(); ++i) {
    const auto axis = sweep.axes.find(kAxes[i]);
    if (axis == sweep.axes.end()) continue;
    std::vector<GridPoint> longer;
    longer.reserve(points.size() * axis->second.size());
    for (const GridPoint& point : points) {
      for (const AxisValue& value : axis->second) {
        longer.push_back(point);
        longer.back()[i] = &value;
      }
    }
    points = std::move(longer);
  }
  return points;
}

bool matches(const Sweep::Exclusion& exclusion, const GridPoint& point) {
  for (size_t i = 0; i < kAxes.size(); ++i) {
    const auto labels = exclusion.matches.find(kAxes[i]);
    if (labels == exclusion.matches.end()) continue;
    if (!point[i] || std::find(labels->second.begin(), labels->second.end(), point[i]->label) ==
                         labels->second.end()) {
      return false;
    }
  }
  return true;
}

std::vector<GridPoint> without_exclusions(const Sweep& sweep,
                                          const std::vector<GridPoint>& points) {
  std::vector<int64_t> num_matched(sweep.exclusions.size());
  std::vector<GridPoint> kept;
  for (const GridPoint& point : points) {
    bool excluded = false;
    for (size_t i = 0; i < sweep.exclusions.size(); ++i) {
      if (!matches(sweep.exclusions[i], point)) continue;
      excluded = true;
      ++num_matched[i];
    }
    if (!excluded) kept.push_back(point);
  }
  for (size_t i = 0; i < num_matched.size(); ++i) {
    if (num_matched[i] == 0) {
      throw_<ConfigError>("{}:{}:1: this exclusion matches no cell; mend or remove it",
                          sweep.file.string(), sweep.exclusions[i].line);
    }
  }
  if (kept.empty()) {
    throw_<ConfigError>("{}: the exclusions leave no cell of the {} that the axes make",
                        sweep.file.string(), points.size());
  }
  return kept;
}

std::string joined_name(const std::string& sweep, std::string_view head, const GridPoint& point) {
  std::string name = sweep;
  if (!head.empty()) name.append("/").append(head);
  for (size_t i = 0; i < kAxes.size(); ++i) {
    if (point[i]) name.append(i == kSeed ? "/seed" : "/").append(point[i]->label);
  }
  return name;
}

// The point with only the named axes.
GridPoint only(const GridPoint& point, std::initializer_list<AxisIndex> axes) {
  GridPoint part{};
  for (const AxisIndex axis : axes) part[axis] = point[axis];
  return part;
}

Cell make_cell(std::string name, const GridPoint& point, std::string baseline, int64_t job) {
  Cell cell{.name = std::move(name), .baseline = std::move(baseline), .job = job};
  for (size_t i = 0; i < kAxes.size(); ++i) {
    if (point[i]) cell.coordinates[i] = point[i]->label;
  }
  return cell;
}

// What a baseline depends on, and how its job is made.
struct BaselineKind {
  const char* name;
  std::initializer_list<AxisIndex> axes;
  int64_t (JobGraph::*add)(const GridPoint&, const std::string&);
};
constexpr std::initializer_list<AxisIndex> kTrainingSubset = {kTask, kTrainSize, kSeed};
constexpr std::initializer_list<AxisIndex> kTaskOnly = {kTask};
constexpr std::initializer_list<AxisIndex> kStart = {kObjective, kAdaptation, kTask, kTemplate,
                                                     kSeed};
constexpr BaselineKind kBaselineKinds[] = {
    {"most_frequent", kTrainingSubset, &JobGraph::most_frequent},
    {"copy", kTaskOnly, &JobGraph::copy},
    {"untuned", kStart, &JobGraph::untuned}};

// Such a template says nothing without the tuning that trains its tokens.
bool has_soft_tokens(const GridPoint& point) {
  return point[kTemplate] && point[kTemplate]->settings.value("soft_tokens", false);
}

// One cell for each part of the grid that the kept cells touch.
void add_baselines(const Sweep& sweep, const std::vector<GridPoint>& points, JobGraph& graph,
                   std::vector<Cell>& cells) {
  for (const BaselineKind& kind : kBaselineKinds) {
    if (std::find(sweep.baselines.begin(), sweep.baselines.end(), kind.name) ==
        sweep.baselines.end()) {
      continue;
    }
    std::set<GridPoint> seen;
    for (const GridPoint& point : points) {
      const GridPoint part = only(point, kind.axes);
      if (has_soft_tokens(part)) continue;
      if (!seen.insert(part).second) continue;
      std::string name = joined_name(sweep.name, std::string("baseline/") + kind.name, part);
      const int64_t job = (graph.*kind.add)(part, name);
      cells.push_back(make_cell(std::move(name), part, kind.name, job));
    }
  }
}

constexpr std::initializer_list<AxisIndex> kProbed = {kObjective, kAdaptation, kTask, kTemplate};

bool is_probed(const SelectSettings& select, const GridPoint& point) {
  const AxisValue* adaptation = point[kAdaptation];
  return select.adaptations.empty() || !adaptation ||
         std::ranges::find(select.adaptations, adaptation->label) != select.adaptations.end();
}

// One for each start, task and template that the kept cells touch.
void add_probes(const Sweep& sweep, const std::vector<GridPoint>& points, JobGraph& graph,
                std::vector<Cell>& probes) {
  if (sweep.select.examples == 0) return;
  std::vector<std::string> kinds = {"zero_shot"};
  if (sweep.select.shots > 0) kinds.push_back("shots");
  if (sweep.select.race_heads > 0) kinds.push_back("race");
  for (const std::string& kind : kinds) {
    const std::string folder = kind == "shots" ? fmt::format("shots{}", sweep.select.shots) : kind;
    std::set<GridPoint> seen;
    for (const GridPoint& point : points) {
      if (!is_probed(sweep.select, point) || has_soft_tokens(point)) continue;
      const GridPoint part = only(point, kProbed);
      if (!seen.insert(part).second) continue;
      std::string name = joined_name(sweep.name, "probe/" + folder, part);
      const int64_t job = graph.probe(part, kind, name);
      probes.push_back(make_cell(std::move(name), part, kind, job));
    }
  }
  if (sweep.adapt_graph.empty()) return;
  for (const AxisValue& task : sweep.axes.at("task")) {
    GridPoint part{};
    part[kTask] = &task;
    std::string name = joined_name(sweep.name, "probe/filling", part);
    const int64_t job = graph.filling(part, name);
    probes.push_back(make_cell(std::move(name), part, "filling", job));
  }
}

std::map<std::string, Json> facts_of_tasks(const Sweep& sweep, const Fingerprints& fingerprints) {
  std::map<std::string, Json> facts;
  if (sweep.select.examples == 0 || !fingerprints.task_facts) return facts;
  for (const AxisValue& task : sweep.axes.at("task")) {
    facts[task.label] = fingerprints.task_facts(source_of(task));
  }
  return facts;
}

// The order of cells and axis values decides no result, so it is not in the hash.
std::string hash_of(const Plan& plan) {
  Json cells = Json::object();
  for (const Cell& cell : plan.cells) cells[cell.name] = plan.jobs[cell.job].key;
  for (const Cell& probe : plan.probes) cells[probe.name] = plan.jobs[probe.job].key;
  return content_hash(Json{{"name", plan.sweep_name}, {"cells", cells}}.dump());
}

}  // namespace

Plan make_plan(const Sweep& sweep, const Fingerprints& fingerprints) {
  Plan plan{.sweep_name = sweep.name, .sweep_text = sweep.text};
  plan.claims = sweep.claims;
  for (const auto& [axis, values] : sweep.axes) {
    for (const AxisValue& value : values) {
      plan.axis_labels[axis].push_back(value.label);
      plan.traits[axis][value.label] = value.traits;
    }
  }
  if (!sweep.pretrain_only) {
    plan.metrics = under_all_decodings(sweep.evaluate.metrics, sweep.evaluate);
    plan.lower_is_better = under_all_decodings(sweep.falling_metrics, sweep.evaluate);
    plan.set_metrics = under_all_decodings(sweep.set_metrics, sweep.evaluate);
    plan.lower_is_better.insert(plan.lower_is_better.end(), {"loss", "perplexity"});
  }
  const std::vector<GridPoint> points = without_exclusions(sweep, expand(sweep));
  JobGraph graph(sweep, fingerprints);
  for (const GridPoint& point : points) {
    std::string name = joined_name(sweep.name, "", point);
    const int64_t job = sweep.pretrain_only
                            ? graph.pretrain(*point[kObjective], point[kSeed]->settings)
                            : graph.tune(point, name);
    plan.cells.push_back(make_cell(std::move(name), point, "", job));
  }
  graph.refuse_unmeasured();
  add_baselines(sweep, points, graph, plan.cells);
  add_probes(sweep, points, graph, plan.probes);
  plan.task_facts = facts_of_tasks(sweep, fingerprints);
  plan.jobs = graph.take();
  plan.sweep_hash = hash_of(plan);
  return plan;
}

}  // namespace dovetail
