// SPDX-License-Identifier: Apache-2.0
// What selectors look at: a start and a template on training examples, untuned or after a few
// steps.
#include "base/error.h"
#include "sweep/job_graph.h"

namespace dovetail {

int64_t JobGraph::probe(const GridPoint& point, const std::string& kind, const std::string& name) {
  const SelectSettings& select = sweep_.select;
  Job job{.kind = JobKind::probe, .name = name};
  start_from(point, job);
  set_task(*point[kTask], job);
  TrainSizeSettings size;
  TuneSettings tune = sweep_.tune;
  if (kind == "shots") {
    size.heads = select.shots;
    tune.steps = {.fixed = select.shot_steps};
  } else if (kind == "race") {
    size.heads = select.race_heads;
    tune.steps = {.fixed = select.race_steps};
  } else {  // nothing is tuned, so only the lengths count
    tune = {.max_source_length = sweep_.tune.max_source_length,
            .max_target_length = sweep_.tune.max_target_length};
  }
  tune.evaluations = 0;
  tune.keep_model = false;
  tune.validation_examples = select.examples;
  job.settings["probe"] = kind;
  job.settings["train_size"] = size;
  job.settings["tune"] = tune;
  job.settings["tuning"] = ChoiceSettings{"full", Json::object()};
  job.settings["seed"] = sweep_.pretrain.seed;
  job.settings["evaluate"] = sweep_.evaluate;
  const ModelSize model = size_of(*point[kObjective]);
  job.cost_seconds =
      evaluate_seconds(model, tune.max_source_length, {.test_examples = 2 * select.examples});
  if (kind != "zero_shot") job.cost_seconds += tune_seconds(model, tune, size, false);
  return add(std::move(job));
}

// What a classifier of relation types says of a task's triples.
int64_t JobGraph::filling(const GridPoint& point, const std::string& name) {
  const AxisValue* taught = nullptr;  // the first base that knows anything
  for (const AxisValue& objective : sweep_.axes.at("objective")) {
    if (!taught && !is_named(objective, "none")) taught = &objective;
  }
  if (!taught) taught = &sweep_.axes.at("objective").front();
  Job job{.kind = JobKind::probe, .name = name};
  set_task(*point[kTask], job);
  job.settings["probe"] = "filling";
  job.settings["train_size"] = TrainSizeSettings{};
  job.settings["tune"] = TuneSettings{.validation_examples = sweep_.select.examples};
  job.settings["seed"] = sweep_.pretrain.seed;
  // the task's own relation is kept from the classifier that is asked about it
  std::string relation;
  if (fingerprints_.task_facts) {
    relation = fingerprints_.task_facts(source_of(*point[kTask])).value("relation", "");
  }
  job.inputs = {teach("classifier", *taught, sweep_.adapt, relation)};
  job.cost_seconds = evaluate_seconds(size_of(*taught), sweep_.adapt.max_source_length,
                                      {.test_examples = 2 * sweep_.select.examples});
  return add(std::move(job));
}

}  // namespace dovetail
