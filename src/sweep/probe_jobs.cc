// SPDX-License-Identifier: Apache-2.0
#include "sweep/probe_jobs.h"

#include <algorithm>

#include "sweep/adaptation_jobs.h"
#include "sweep/cell_jobs.h"
#include "sweep/start_jobs.h"

namespace dovetail {

namespace {

// How a probed model is tuned first. Without tuning only the lengths count.
TuneSettings probe_tuning(const Sweep& sweep, ProbeKind kind, const AxisValue* tuning) {
  TuneSettings tune;
  if (kind == ProbeKind::zero_shot) {
    tune.max_source_length = sweep.tune.max_source_length;
    tune.max_target_length = sweep.tune.max_target_length;
  } else {
    tune = tuning ? tuning->as<TuningValue>().tune : sweep.tune;
    tune.steps = {.fixed =
                      kind == ProbeKind::race ? sweep.select.race_steps : sweep.select.shot_steps};
    // these few steps are not those that the warm-up of [tune] was meant for
    tune.optimizer.warmup = std::min(tune.optimizer.warmup, tune.steps.fixed / 10);
  }
  tune.evaluations = 0;
  tune.choice = {};  // the probed examples measure, and choose nothing
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

// An untuned probe also reads each example as a text of its own, one by one, and every further
// reference.
constexpr double kReadingsOfAnExample = 4;

double probe_seconds(const ProbeJob& probe, const ModelSize& model, TaskSize task) {
  const TuneJob& cell = probe.cell;
  const RowLengths lengths = row_lengths(model, task, cell.tune);
  const double rows = train_rows(cell.train_size, task);
  const auto examples = static_cast<double>(cell.tune.validation_examples);
  task.test_examples = examples;
  EvaluateSettings evaluate = cell.evaluate;
  evaluate.also.clear();
  const bool tuned = probe.probe != ProbeKind::zero_shot;
  return evaluate_seconds(model, lengths, task, evaluate, tuned) +
         forward_seconds(model, lengths, kReadingsOfAnExample * examples) +
         (tuned ? tune_seconds(model, cell.tune, rows, lengths, false) : 0);
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
                .tuning = point[kTuning] ? tuning_for(graph, *point[kTuning], job)
                                         : ChoiceSettings{.name = "full"},
                .train_size = probe_size(sweep.select, kind),
                .seed = static_cast<uint64_t>(sweep.pretrain.seed),
                .tune = probe_tuning(sweep, kind, point[kTuning]),
                .evaluate = graph.data().evaluate(*point[kTask])};
  if (kind == ProbeKind::race) probe.race_metric = race_metric(graph, *point[kTask]);
  const ModelSize model = size_of(sweep, objective_of(point));
  job.cost_seconds = probe_seconds(probe, model, graph.data().task_size(*point[kTask]));
  job.settings = std::move(probe);
  return graph.add(std::move(job));
}

int64_t add_filling_probe(JobGraph& graph, const GridPoint& point, const std::string& name) {
  const Sweep& sweep = graph.sweep();
  const AxisValue& task = *point[kTask];
  const AxisValue& base = pretrained_base(sweep);
  const ModelSize model = size_of(sweep, base.as<ObjectiveValue>());
  Job job{.name = name};
  ProbeJob probe{.probe = ProbeKind::filling};
  probe.cell.task = task_for(graph, task, job);
  probe.cell.seed = static_cast<uint64_t>(sweep.pretrain.seed);
  probe.cell.tune.validation_examples = sweep.select.examples;
  // the classifier may not have seen the task's own relation
  const std::string relation = graph.data().task_facts(task).value("relation", "");
  job.inputs = {add_segment_model(graph, SegmentModel::classifier, base, sweep.adapt, relation)};
  const RowLengths lengths = row_lengths(model, graph.data().task_size(task), probe.cell.tune);
  job.cost_seconds =
      kOverheadSeconds +
      forward_seconds(model, lengths,
                      kReadingsOfAnExample * static_cast<double>(sweep.select.examples));
  job.settings = std::move(probe);
  return graph.add(std::move(job));
}

}  // namespace dovetail
