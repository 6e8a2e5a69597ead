// SPDX-License-Identifier: Apache-2.0
#include "sweep/pool_jobs.h"

#include <algorithm>

#include "base/error.h"
#include "sweep/adapt_section.h"
#include "sweep/adaptation_jobs.h"
#include "sweep/cell_jobs.h"
#include "sweep/start_jobs.h"
#include "sweep/warmup_check.h"

namespace dovetail {

namespace {

const AdaptSettings& adaptation_of(const GridPoint& point) {
  return point[kAdaptation]->as<AdaptSettings>();
}

SubsetSettings labelled_examples(const GridPoint& point) {
  const auto& seed = point[kSeed]->as<SeedValue>();
  return {.train_size = point[kTrainSize]->as<TrainSizeSettings>(),
          .seed = seed.parts.subset.value_or(seed.seed),
          .validation_examples = point[kTuning]->as<TuningValue>().tune.validation_examples};
}

// The pool of the point's task, its file in the job's locations.
PoolSource pool_for(JobGraph& graph, const GridPoint& point, const AxisValue& adaptation,
                    int64_t examples, bool for_labels, Job& job) {
  const Sweep& sweep = graph.sweep();
  job.locations.pool = sweep.adapt_pool_file;
  return graph.data().pool({.task = task_of(point).source(),
                            .from = sweep.adapt_pool,
                            .file = sweep.adapt_pool_file,
                            .examples = examples,
                            .for_labels = for_labels,
                            .labelled = labelled_examples(point)},
                           adaptation);
}

// Its lines, or the words of its labels.
bool is_written_in_template(const AdaptSettings& adapt) {
  return adapt.name == "pcp" || adapt.parameters.at("form") == "template";
}

bool hangs_on_labelled_examples(const Sweep& sweep) {
  return sweep.adapt_pool == "train" || sweep.adapt_pool == "labelled";
}

// The axes that decide the adapted checkpoint.
GridPoint deciding_part(const Sweep& sweep, const GridPoint& point) {
  const AdaptSettings& adapt = adaptation_of(point);
  GridPoint part = only(point, {kObjective, kAdaptation, kTask, kSeed});
  if (is_written_in_template(adapt) || needs_labels(adapt)) part[kTemplate] = point[kTemplate];
  if (needs_labels(adapt)) part[kTuning] = point[kTuning];
  if (needs_labels(adapt) || hangs_on_labelled_examples(sweep))
    part[kTrainSize] = point[kTrainSize];
  return part;
}

ChoiceSettings objective_on_pool(JobGraph& graph, const AxisValue& objective,
                                 const AxisValue& adaptation) {
  ChoiceSettings choice = objective_to_continue(graph.sweep(), objective,
                                                fmt::format("adaptation \"{}\"", adaptation.label));
  const auto& adapt = adaptation.as<AdaptSettings>();
  if (choice.name == "supervised") {
    fail_at_value(graph.sweep(), objective,
                  fmt::format("adaptation \"{}\" continues an objective on texts, and "
                              "\"supervised\" learns from pairs; exclude the two together",
                              adaptation.label));
  }
  const std::string mask_label = adapt.parameters.value("mask_label", "rate");
  if (mask_label != "rate") graph.data().check_label_mask(choice.name, mask_label, adaptation);
  return choice;
}

// Text has no soft tokens: it gets the words that they start from.
TemplateSettings template_of_lines(JobGraph& graph, const GridPoint& point) {
  AxisValue tmpl = *point[kTemplate];
  if (has_soft_tokens(point)) {
    TemplateValue value = tmpl.as<TemplateValue>();
    if (value.in_words.empty()) {
      fail_at_value(graph.sweep(), tmpl,
                    fmt::format("template \"{}\" has soft tokens without words, which no text of "
                                "adaptation \"{}\" can have; exclude the two together",
                                tmpl.label, point[kAdaptation]->label));
    }
    value.choice.name = value.in_words;
    tmpl.settings = value;
  }
  return graph.data().template_settings(tmpl, task_of(point));
}

PoolAdaptation settings_on_pool(JobGraph& graph, const GridPoint& point, const AxisValue& objective,
                                Job& job) {
  const AdaptSettings& adapt = adaptation_of(point);
  PoolAdaptation pool{
      .task = task_for(graph, *point[kTask], job),
      .pool = pool_for(graph, point, *point[kAdaptation],
                       adapt.parameters.at("examples").get<int64_t>(), adapt.name == "pcp", job),
      .objective = objective_on_pool(graph, objective, *point[kAdaptation]),
      .seed = point[kSeed]->as<SeedValue>().seed};
  if (is_written_in_template(adapt)) pool.tmpl = template_of_lines(graph, point);
  if (hangs_on_labelled_examples(graph.sweep())) pool.labelled = labelled_examples(point);
  return pool;
}

// Of the base, or of the model that the adaptation before it made.
StartSettings start_of_adaptation(JobGraph& graph, const GridPoint& point,
                                  const AxisValue& objective, Job& job) {
  const AxisValue* before = adaptation_before(graph.sweep(), *point[kAdaptation]);
  if (!before) return start_from_base(graph, objective, job);
  GridPoint earlier = point;
  earlier[kAdaptation] = before;
  return start_from_point(graph, earlier, job);
}

}  // namespace

int64_t add_pool_adaptation(JobGraph& graph, const GridPoint& point, const AxisValue& objective) {
  const Sweep& sweep = graph.sweep();
  AdaptSettings adapt = adaptation_of(point);
  adapt.max_source_length =
      sweep.tune.max_source_length;  // so that lines are cut as the cells' rows
  adapt.max_target_length = sweep.tune.max_target_length;
  check_warmup(sweep, *point[kAdaptation], adapt.optimizer,
               static_cast<double>(adaptation_steps(adapt)),
               fmt::format("adaptation \"{}\"", point[kAdaptation]->label));
  Job job{.name = joined_name("adapt", "", deciding_part(sweep, point))};
  AdaptJob settings{.start = start_of_adaptation(graph, point, objective, job), .adapt = adapt};
  settings.pool = settings_on_pool(graph, point, objective, job);
  if (needs_labels(adapt)) {
    GridPoint labeller = point;
    labeller[kAdaptation] = adaptation_before(sweep, *point[kAdaptation]);
    job.inputs.push_back(add_cell(graph, labeller, joined_name("adapt", "label", labeller)));
  }
  const TuneSettings work{.steps = adapt.steps,
                          .batch_size = adapt.batch_size,
                          .max_source_length = adapt.max_source_length,
                          .max_target_length = adapt.max_target_length};
  job.cost_seconds =
      tune_seconds(size_of(sweep, objective.as<ObjectiveValue>()), work,
                   static_cast<double>(adapt.rows), adaptation_lengths(adapt), false);
  job.settings = std::move(settings);
  return graph.add(std::move(job));
}

// The most that any of the adaptations after the point's asks for; fewer are a prefix of them.
std::optional<PoolLabelling> labelling_for(JobGraph& graph, const GridPoint& point, Job& job) {
  const Sweep& sweep = graph.sweep();
  const auto axis = sweep.axes.find("adaptation");
  if (axis == sweep.axes.end()) return std::nullopt;
  const AxisValue* own = is_adapted(point) ? point[kAdaptation] : nullptr;
  const AxisValue* reader = nullptr;
  int64_t most = 0;
  bool all = false;
  for (const AxisValue& adaptation : axis->second) {
    GridPoint adapted = point;
    adapted[kAdaptation] = &adaptation;
    if (!needs_labels(adaptation.as<AdaptSettings>()) || is_excluded(sweep, adapted) ||
        adaptation_before(sweep, adaptation) != own)
      continue;
    reader = &adaptation;
    const auto examples = adaptation.as<AdaptSettings>().parameters.at("examples").get<int64_t>();
    all = all || examples == 0;
    most = std::max(most, examples);
  }
  if (!reader) return std::nullopt;
  const PoolSource pool = pool_for(graph, point, *reader, all ? 0 : most, /*for_labels=*/true, job);
  return PoolLabelling{pool, sweep.adapt_long_labels};
}

std::optional<SelfTraining> self_training_for(JobGraph& graph, const GridPoint& point, Job& job) {
  if (!is_adapted(point) || adaptation_of(point).name != "self_training") return std::nullopt;
  const Sweep& sweep = graph.sweep();
  const AxisValue& adaptation = *point[kAdaptation];
  const AdaptSettings& adapt = adaptation.as<AdaptSettings>();
  if (adapt.parameters.at("teacher") == "ema" &&
      point[kTuning]->as<TuningValue>().tune.options.ema == 0) {
    fail_at_value(sweep, adaptation,
                  fmt::format("teacher = \"ema\" needs a moving average of the weights, which "
                              "tuning \"{}\" does not keep: give [tune] ema = 0.999",
                              point[kTuning]->label));
  }
  SelfTraining training{
      .pool = pool_for(graph, point, adaptation, adapt.parameters.at("examples").get<int64_t>(),
                       /*for_labels=*/true, job),
      .long_labels = sweep.adapt_long_labels,
      .more_steps = adaptation_steps(adapt),
      .parameters = adapt.parameters};
  training.parameters.erase("examples");  // the pool has it
  return training;
}

}  // namespace dovetail
