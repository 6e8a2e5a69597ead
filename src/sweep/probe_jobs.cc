// SPDX-License-Identifier: Apache-2.0
#include "sweep/probe_jobs.h"

#include <algorithm>

#include "sweep/adaptation_jobs.h"
#include "sweep/cell_jobs.h"
#include "sweep/start_jobs.h"

namespace dovetail {

namespace {

// How a probed model is tuned first. Without tuning only the lengths count.
TuneSettings probe_tuning(const Sweep& sweep, ProbeKind kind) {
  TuneSettings tune;
  if (kind == ProbeKind::zero_shot) {
    tune.max_source_length = sweep.tune.max_source_length;
    tune.max_target_length = sweep.tune.max_target_length;
  } else {
    tune = sweep.tune;
    tune.steps = {.fixed =
                      kind == ProbeKind::race ? sweep.select.race_steps : sweep.select.shot_steps};
  }
  tune.evaluations = 0;
  tune.keep_model = false;
  tune.validation_examples = sweep.select.examples;
  return tune;
}

TrainSizeSettings probe_size(const SelectSettings& select, ProbeKind kind) {
  if (kind == ProbeKind::shots) return {.examples = select.shots};
  if (kind == ProbeKind::race) return {.examples = select.race_examples};
  return {};
}

// A race is between models on one task, so a corpus-level metric will do where no other decides.
std::string race_metric(JobGraph& graph, const AxisValue& task) {
  const std::string primary = graph.data().primary_metric(task);
  return primary.empty() ? graph.sweep().evaluate.metrics.front() : primary;
}

// The first base that was pre-trained; else the first.
const AxisValue& pretrained_base(const Sweep& sweep) {
  const std::vector<AxisValue>& objectives = sweep.axes.at("objective");
  const auto found = std::ranges::find_if(objectives, [](const AxisValue& objective) {
    return !objective.as<ObjectiveValue>().is("none");
  });
  return found == objectives.end() ? objectives.front() : *found;
}

}  // namespace

int64_t add_probe(JobGraph& graph, ProbeKind kind, const GridPoint& point,
                  const std::string& name) {
  const Sweep& sweep = graph.sweep();
  Job job{.name = name};
  ProbeJob probe{.probe = kind};
  probe.cell = {.start = start_from_point(graph, point, job),
                .task = task_for(graph, *point[kTask], job),
                .tmpl = graph.data().template_settings(*point[kTemplate], task_of(point)),
                .tuning = {.name = "full"},
                .train_size = probe_size(sweep.select, kind),
                .seed = static_cast<uint64_t>(sweep.pretrain.seed),
                .tune = probe_tuning(sweep, kind),
                .evaluate = graph.data().evaluate(*point[kTask])};
  if (kind == ProbeKind::race) probe.race_metric = race_metric(graph, *point[kTask]);
  const ModelSize model = size_of(sweep, objective_of(point));
  const TuneSettings& tune = probe.cell.tune;
  job.cost_seconds =
      evaluate_seconds(model, tune.max_source_length, {.test_examples = 2 * sweep.select.examples});
  if (kind != ProbeKind::zero_shot)
    job.cost_seconds += tune_seconds(model, tune, probe.cell.train_size, false);
  job.settings = std::move(probe);
  return graph.add(std::move(job));
}

int64_t add_filling_probe(JobGraph& graph, const GridPoint& point, const std::string& name) {
  const Sweep& sweep = graph.sweep();
  const AxisValue& task = *point[kTask];
  const AxisValue& base = pretrained_base(sweep);
  Job job{.name = name};
  ProbeJob probe{.probe = ProbeKind::filling};
  probe.cell.task = task_for(graph, task, job);
  probe.cell.seed = static_cast<uint64_t>(sweep.pretrain.seed);
  probe.cell.tune.validation_examples = sweep.select.examples;
  // the classifier may not have seen the task's own relation
  const std::string relation = graph.data().task_facts(task).value("relation", "");
  job.inputs = {add_segment_model(graph, SegmentModel::classifier, base, sweep.adapt, relation)};
  job.cost_seconds =
      evaluate_seconds(size_of(sweep, base.as<ObjectiveValue>()), sweep.adapt.max_source_length,
                       {.test_examples = 2 * sweep.select.examples});
  job.settings = std::move(probe);
  return graph.add(std::move(job));
}

}  // namespace dovetail
