// SPDX-License-Identifier: Apache-2.0
#include "sweep/make_plan.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "base/error.h"
#include "base/hash.h"
#include "plan/baselines.h"
#include "sweep/adapt_section.h"
#include "sweep/cell_jobs.h"
#include "sweep/claimed_examples.h"
#include "sweep/evaluate_section.h"
#include "sweep/grid.h"
#include "sweep/probe_jobs.h"
#include "sweep/start_jobs.h"

namespace dovetail {

namespace {

Cell make_cell(std::string name, const GridPoint& point, std::string baseline, int64_t job) {
  Cell cell{.name = std::move(name), .baseline = std::move(baseline), .job = job};
  for (size_t i = 0; i < kAxes.size(); ++i) {
    if (point[i]) cell.coordinates[i] = point[i]->label;
  }
  return cell;
}

// A baseline, and the axes that it depends on.
struct BaselineAxes {
  BaselineKind kind;
  std::initializer_list<AxisIndex> axes;
};
constexpr std::initializer_list<AxisIndex> kTrainingSubset = {kTask, kTrainSize, kSeed};
constexpr std::initializer_list<AxisIndex> kTaskOnly = {kTask};
constexpr std::initializer_list<AxisIndex> kStart = {kObjective, kAdaptation, kTask, kTemplate,
                                                     kSeed};
constexpr BaselineAxes kBaselines[] = {{BaselineKind::chance, kTaskOnly},
                                       {BaselineKind::most_frequent_position, kTrainingSubset},
                                       {BaselineKind::longest_choice, kTaskOnly},
                                       {BaselineKind::most_frequent, kTrainingSubset},
                                       {BaselineKind::most_frequent_in_stratum, kTrainingSubset},
                                       {BaselineKind::nearest_example, kTrainingSubset},
                                       {BaselineKind::one_sentence, kTrainingSubset},
                                       {BaselineKind::entity_overlap, kTrainingSubset},
                                       {BaselineKind::copy, kTaskOnly},
                                       {BaselineKind::untuned, kStart}};

// Where a sweep names baselines, they are scored on every task that has what they need.
bool is_scored(BaselineKind kind, JobGraph& graph, const AxisValue& task) {
  const Json facts = graph.data().task_facts(task);
  if (!graph.sweep().baselines_by_task) return !lacks_baseline(facts, to_string(kind));
  const std::vector<std::string> suiting = baselines_for(facts);
  return std::ranges::find(suiting, to_string(kind)) != suiting.end();
}

// What a baseline does that some tasks have no data for; "" for the others.
std::string need_of(BaselineKind kind) {
  if (kind == BaselineKind::most_frequent_in_stratum)
    return "needs data that name columns to break scores down by (the key strata of a card)";
  if (kind == BaselineKind::one_sentence || kind == BaselineKind::entity_overlap)
    return "needs stories of StepGame";
  const bool guess = kind == BaselineKind::chance || kind == BaselineKind::most_frequent_position ||
                     kind == BaselineKind::longest_choice;
  return guess ? "picks one of an example's choices" : "";
}

// Whether the adaptation of a point is part of its cells, or hangs on their labelled examples. What
// stands before any cell, a baseline or a probe, then has none of it.
bool belongs_to_cells(const GridPoint& point) {
  return is_adapted_in_cell(point) ||
         (point[kAdaptation] && needs_pool(point[kAdaptation]->as<AdaptSettings>()));
}

// Adds one cell for each part of the grid that the kept points touch.
void add_baselines(const std::vector<GridPoint>& points, JobGraph& graph,
                   std::vector<Cell>& cells) {
  const Sweep& sweep = graph.sweep();
  for (const BaselineAxes& baseline : kBaselines) {
    const std::string kind = to_string(baseline.kind);
    if (std::ranges::find(sweep.baselines, kind) == sweep.baselines.end()) continue;
    std::set<GridPoint> seen;
    bool any = false;
    for (const GridPoint& point : points) {
      const GridPoint part = only(point, baseline.axes);
      if (belongs_to_cells(part) || has_soft_tokens(part) || !seen.insert(part).second)
        continue;  // no tuning trains them
      if (!is_scored(baseline.kind, graph, *point[kTask])) continue;
      any = true;
      std::string name = joined_name(sweep.name, "baseline/" + kind, part);
      const int64_t job = add_baseline(graph, baseline.kind, part, name);
      cells.push_back(make_cell(std::move(name), part, kind, job));
    }
    const std::string need = need_of(baseline.kind);
    if (!any && !need.empty() && !sweep.baselines_by_task) {
      throw_<ConfigError>(
          "{}: baseline \"{}\" {}, and no task of this sweep has any: take it out of baselines",
          sweep.file.string(), kind, need);
    }
  }
}

constexpr std::initializer_list<AxisIndex> kProbed = {kObjective, kAdaptation, kTask, kTemplate};
// A race is run under the tuning of the cells that it speaks of.
constexpr std::initializer_list<AxisIndex> kRaced = {kObjective, kAdaptation, kTask, kTemplate,
                                                     kTuning};

bool is_probed(const SelectSettings& select, const GridPoint& point) {
  const AxisValue* adaptation = point[kAdaptation];
  if (belongs_to_cells(point)) return false;
  return select.adaptations.empty() || !adaptation ||
         std::ranges::find(select.adaptations, adaptation->label) != select.adaptations.end();
}

std::vector<ProbeKind> probe_kinds(const SelectSettings& select) {
  std::vector<ProbeKind> kinds = {ProbeKind::zero_shot};
  if (select.shots > 0) kinds.push_back(ProbeKind::shots);
  if (select.race_examples > 0) kinds.push_back(ProbeKind::race);
  return kinds;
}

// Adds one probe for each start, task and template that the kept points touch, and each tuning for
// a race. Without it nothing trains soft tokens.
void add_model_probes(const std::vector<GridPoint>& points, ProbeKind kind, JobGraph& graph,
                      std::vector<Cell>& probes) {
  const SelectSettings& select = graph.sweep().select;
  const std::string shots = kind == ProbeKind::shots ? std::to_string(select.shots) : "";
  std::set<GridPoint> seen;
  for (const GridPoint& point : points) {
    if (!is_probed(select, point)) continue;
    if (has_soft_tokens(point) && kind != ProbeKind::race) continue;
    const GridPoint part = only(point, kind == ProbeKind::race ? kRaced : kProbed);
    if (!seen.insert(part).second) continue;
    std::string name = joined_name(graph.sweep().name, "probe/" + to_string(kind) + shots, part);
    const int64_t job = add_probe(graph, kind, part, name);
    probes.push_back(make_cell(std::move(name), part, to_string(kind), job));
  }
}

void add_probes(const std::vector<GridPoint>& points, JobGraph& graph, std::vector<Cell>& probes) {
  const Sweep& sweep = graph.sweep();
  if (sweep.select.examples == 0) return;
  for (const ProbeKind kind : probe_kinds(sweep.select)) {
    add_model_probes(points, kind, graph, probes);
  }
  if (sweep.adapt_graph.empty()) return;
  for (const AxisValue& task : sweep.axes.at("task")) {
    GridPoint part{};
    part[kTask] = &task;
    std::string name = joined_name(sweep.name, "probe/filling", part);
    const int64_t job = add_filling_probe(graph, part, name);
    probes.push_back(make_cell(std::move(name), part, to_string(ProbeKind::filling), job));
  }
}

void add_axes(const Sweep& sweep, Plan& plan) {
  plan.sources = sweep.sources;
  for (const auto& [axis, values] : sweep.axes) {
    for (const AxisValue& value : values) {
      plan.axis_labels[axis].push_back(value.label);
      plan.traits[axis][value.label] = value.traits;
    }
  }
}

// The sweep's metrics, then those that decide about tasks whose references they cannot read.
std::vector<std::string> measured_metrics(JobGraph& graph) {
  const Sweep& sweep = graph.sweep();
  std::vector<std::string> names = sweep.evaluate.metrics;
  for (const AxisValue& task : sweep.axes.at("task")) {
    for (const std::string& name : graph.data().evaluate(task).metrics)
      if (std::ranges::find(names, name) == names.end()) names.push_back(name);
  }
  return names;
}

void add_metrics(JobGraph& graph, Plan& plan) {
  const Sweep& sweep = graph.sweep();
  if (sweep.pretrain_only) return;
  plan.metrics = under_all_decodings(measured_metrics(graph), sweep.evaluate);
  for (const std::string& name : plan.metrics) {
    plan.metric_traits[name] = traits_of(sweep.metric_traits, name.substr(0, name.find('@')));
  }
  for (const char* measured_always : {"loss", "perplexity"}) {
    plan.metric_traits[measured_always].higher_is_better = false;
  }
}

// Notes on tasks, in the order in which they came up. What several tasks have in common, such as
// the file that they are rows of, is said once.
class TaskNotes {
 public:
  void add(const std::string& task, const std::string& note) {
    auto entry = std::ranges::find(notes_, note, &Entry::first);
    if (entry == notes_.end()) entry = notes_.insert(entry, {note, {}});
    entry->second.push_back(task);
  }

  void append_to(std::vector<std::string>& all) const {
    for (const auto& [note, tasks] : notes_) {
      all.push_back(fmt::format("{} {}: {}", tasks.size() == 1 ? "task" : "tasks",
                                fmt::join(tasks, ", "), note));
    }
  }

 private:
  using Entry = std::pair<std::string, std::vector<std::string>>;
  std::vector<Entry> notes_;
};

void add_task_facts(JobGraph& graph, Plan& plan) {
  const Sweep& sweep = graph.sweep();
  if (sweep.pretrain_only) return;
  TaskNotes notes;
  for (const AxisValue& task : sweep.axes.at("task")) {
    const std::string primary = graph.data().primary_metric(task);
    plan.primary_metrics[task.label] =
        primary.empty() ? primary_metric_of(plan, task.label) : primary;
    const std::string source = graph.data().task_source(task);
    if (!source.empty()) plan.sources["task"][task.label] = source;
    for (const std::string& note : graph.data().notes(task)) notes.add(task.label, note);
    TaskStrata strata = graph.data().test_strata(task);
    if (!strata.columns.empty()) plan.strata[task.label] = std::move(strata);
    if (sweep.select.examples > 0) plan.task_facts[task.label] = graph.data().task_facts(task);
  }
  notes.append_to(plan.notes);
}

// Each task that a claim about some test examples looks at must have such examples.
void check_claimed_examples(const Sweep& sweep, const Plan& plan) {
  for (const Claim& claim : plan.claims) {
    if (claim.examples.empty()) continue;
    for (const AxisValue& task : sweep.axes.at("task")) {
      if (!looks_at(claim, task.label)) continue;
      const auto strata = plan.strata.find(task.label);
      const std::string mistake = mistake_in_examples(
          claim.examples, strata == plan.strata.end() ? TaskStrata() : strata->second);
      if (mistake.empty()) continue;
      throw_<ConfigError>("{}: claim \"{}\", task {}: {}", sweep.file.string(), claim.name,
                          task.label, mistake);
    }
  }
}

// The order of cells and axis values decides no result, so it is not in the hash.
std::string hash_of(const Plan& plan) {
  Json cells = Json::object();
  for (const Cell& cell : plan.cells) cells[cell.name] = plan.jobs[cell.job].key;
  for (const Cell& probe : plan.probes) cells[probe.name] = plan.jobs[probe.job].key;
  return content_hash(Json{{"name", plan.sweep_name}, {"cells", cells}}.dump());
}

}  // namespace

Plan make_plan(const Sweep& sweep, DataInspector& inspector) {
  Plan plan{.sweep_name = sweep.name, .sweep_text = sweep.text};
  plan.claims = sweep.claims;
  add_axes(sweep, plan);
  const std::vector<GridPoint> points = grid_points(sweep);
  JobGraph graph(sweep, inspector);
  for (const GridPoint& point : points) {
    std::string name = joined_name(sweep.name, "", point);
    const int64_t job =
        sweep.pretrain_only
            ? add_pretraining(graph, *point[kObjective],
                              static_cast<int64_t>(point[kSeed]->as<SeedValue>().seed))
            : add_cell(graph, point, name);
    plan.cells.push_back(make_cell(std::move(name), point, "", job));
  }
  graph.data().refuse_unmeasured();
  add_baselines(points, graph, plan.cells);
  add_probes(points, graph, plan.probes);
  add_metrics(graph, plan);
  add_task_facts(graph, plan);
  check_claimed_examples(sweep, plan);
  for (const std::string& note : graph.data().pretrain_notes()) plan.notes.push_back(note);
  plan.jobs = graph.take();
  plan.sweep_hash = hash_of(plan);
  return plan;
}

}  // namespace dovetail
