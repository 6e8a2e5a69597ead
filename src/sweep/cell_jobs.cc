// SPDX-License-Identifier: Apache-2.0
#include "sweep/cell_jobs.h"

#include <algorithm>
#include <string_view>

#include "base/error.h"
#include "sweep/adapt_section.h"
#include "sweep/adaptation_jobs.h"
#include "sweep/forgetting.h"
#include "sweep/instruction_modelling.h"
#include "sweep/pool_jobs.h"
#include "sweep/start_jobs.h"
#include "sweep/warmup_check.h"

namespace dovetail {

namespace {

// Refuses soft tokens in a template that the tuning would not train.
void refuse_untrained_tokens(const Sweep& sweep, const GridPoint& point) {
  const AxisValue& tmpl = *point[kTemplate];
  const AxisValue& tuning = *point[kTuning];
  if (!tmpl.as<TemplateValue>().soft_tokens || tuning.as<TuningValue>().soft_tokens) return;
  fail_at_value(sweep, tmpl,
                fmt::format("template \"{}\" has soft tokens in it, which tuning \"{}\" does not "
                            "train; exclude the two from each other with [[exclude]] template = "
                            "\"{}\", tuning = \"{}\"",
                            tmpl.label, tuning.label, tmpl.label, tuning.label));
}

int64_t soft_tokens_of(const ChoiceSettings& tuning) {
  return tuning.parameters.value("num_virtual_tokens", int64_t{0});
}

// The point's objective, with the run of pre-training that falls to the point's seed: the seeds
// take the runs in turn, in the order of the sweep file, so that a sweep may grow by further seeds.
// What has no seed, such as a probe, starts from the first.
AxisValue replicate_for(const Sweep& sweep, const GridPoint& point) {
  AxisValue objective = *point[kObjective];
  auto& value = std::get<ObjectiveValue>(objective.settings);
  if (point[kSeed] && value.replicates > 1)
    value.replicate = (point[kSeed] - sweep.axes.at("seed").data()) % value.replicates;
  return objective;
}

const SeedValue& seed_of(const GridPoint& point) { return point[kSeed]->as<SeedValue>(); }

// "primary" becomes the metric that decides the task.
void name_choosing_metric(JobGraph& graph, const AxisValue& task, TuneSettings& tune) {
  if (tune.choice.metric != "primary") return;
  const EvaluateSettings evaluate = graph.data().evaluate(task);
  const std::string primary = graph.data().primary_metric(task);
  const auto first_mean = std::ranges::find_if(evaluate.metrics, [&](const std::string& name) {
    return !traits_of(graph.sweep().metric_traits, name).corpus_level;
  });
  tune.choice.metric = !primary.empty()                       ? primary
                       : first_mean == evaluate.metrics.end() ? "loss"
                                                              : *first_mean;
}

// Every learning rate is a training of its own.
double trainings(const TuneSettings& tune) {
  return std::max(1.0, static_cast<double>(tune.choice.learning_rates.size()));
}

// What a cell does with a pool beside its training. The size of a pool is not known here.
double pool_seconds(const ModelSize& size, const RowLengths& lengths, const TaskSize& task,
                    const TuneJob& cell) {
  constexpr int64_t kUsualPool = 5000;
  const double choices = std::max(2.0, task.choices);
  if (cell.labelling) {
    const int64_t rows = cell.labelling->pool.examples;
    return forward_seconds(size, lengths,
                           choices * static_cast<double>(rows > 0 ? rows : kUsualPool));
  }
  if (!cell.self_training) return 0;
  TuneSettings more = cell.tune;  // steps on twice the rows, which the labels read once each
  more.steps = {.fixed = 2 * cell.self_training->more_steps};
  const auto rows = static_cast<double>(cell.self_training->more_steps * more.batch_size);
  return tune_seconds(size, more, rows, lengths, false) +
         forward_seconds(size, lengths, choices * rows);
}

// Names the model that the cell starts from; "" for weights that are drawn by its seed.
std::string start_of(const TuneJob& cell, const Job& job) {
  const ChoiceSettings& objective = cell.start.objective;
  if (!cell.start.adaptation.empty()) return fmt::format("adapted/{}", job.inputs.back());
  if (objective.name == "none") return "";
  if (objective.name != "checkpoint") return fmt::format("pretrained/{}", job.inputs.back());
  return fmt::format("checkpoint/{}", objective.parameters.dump());
}

// Names the frozen model that the cell's passes may be shared over; "" where they may not: the
// weights are trained or drawn by the cell's seed, or the cell shares passes among its own rates.
std::string sharing_of(const GridPoint& point, const TuneJob& cell, const Job& job) {
  const TuningValue& tuning = point[kTuning]->as<TuningValue>();
  const TrainingOptions& options = cell.tune.options;
  if (!tuning.keeps_weights || options.precision != "float32" || options.activation_checkpointing ||
      !cell.tune.choice.learning_rates.empty() || cell.self_training)
    return "";
  return start_of(cell, job);
}

// Of [tune] only the lengths decide the result, and the seed only decides random weights; so no
// learning rate re-runs this baseline.
UntunedSettings untuned_settings(JobGraph& graph, const GridPoint& point, Job& job) {
  const TuneSettings& tune = graph.sweep().tune;
  UntunedSettings settings{
      .start = start_from_point(graph, point, job),
      .tmpl = graph.data().template_settings(*point[kTemplate], task_of(point)),
      .max_source_length = tune.max_source_length,
      .max_target_length = tune.max_target_length,
      .seed = std::nullopt};
  if (objective_of(point).is("none") && !is_adapted(point))
    settings.seed = seed_of(point).parts.initialization.value_or(seed_of(point).seed);
  return settings;
}

}  // namespace

AxisValue task_in_split(const GridPoint& point) {
  AxisValue task = *point[kTask];
  auto& value = std::get<TaskValue>(task.settings);
  const AxisValue* seed = point[kSeed];
  if (!seed || !seed->as<SeedValue>().split || value.card.empty()) return task;
  constexpr std::string_view kSplit = "#split_seed=";
  const size_t given = value.card.find(kSplit);
  const size_t end = given == std::string::npos ? given : value.card.find('#', given + 1);
  const std::string rest = end == std::string::npos ? "" : value.card.substr(end);
  value.card = fmt::format("{}{}{}{}", value.card.substr(0, given), kSplit,
                           *seed->as<SeedValue>().split, rest);
  return task;
}

// Saved adapters, one to start from and the prompts of other tasks, are named by their content.
ChoiceSettings tuning_for(JobGraph& graph, const AxisValue& tuning, Job& job) {
  ChoiceSettings choice = tuning.as<TuningValue>().choice;
  Json& parameters = choice.parameters;
  if (const std::string folder = parameters.value("initialization_folder", ""); !folder.empty()) {
    job.locations.adapters["initialization_folder"] = folder;
    parameters["initialization_folder"] = graph.data().saved_start(choice.name, folder, &tuning);
  }
  if (parameters.contains("source_prompts") && !parameters["source_prompts"].empty()) {
    job.locations.adapters["source_prompts"] = parameters["source_prompts"];
    for (Json& folder : parameters["source_prompts"])
      folder = graph.data().fingerprint(DataSource::adapter, folder, &tuning);
  }
  return choice;
}

StartSettings start_from_point(JobGraph& graph, const GridPoint& point, Job& job) {
  const AxisValue objective = replicate_for(graph.sweep(), point);
  if (!is_adapted(point) || is_adapted_in_cell(point))
    return start_from_base(graph, objective, job);
  const StartSettings adapted{.objective = objective_of(point).choice,
                              .adaptation = point[kAdaptation]->as<AdaptSettings>().name};
  if (needs_pool(point[kAdaptation]->as<AdaptSettings>())) {
    job.inputs = {add_pool_adaptation(graph, point, objective)};
    return adapted;
  }
  AxisValue adaptation = *point[kAdaptation];
  std::get<AdaptSettings>(adaptation.settings).seed += objective.as<ObjectiveValue>().replicate;
  job.inputs = {add_adaptation(graph, objective, adaptation)};  // holds its vocabulary
  return adapted;
}

namespace {

// What the cell takes: seconds, and bytes in a group. ConfigError for a warm-up that its steps do
// not hold.
void estimate_cell(JobGraph& graph, const GridPoint& point, const TuneJob& cell, Job& job) {
  const ModelSize size = size_of(graph.sweep(), objective_of(point));
  const TaskSize task = graph.data().task_size(*point[kTask]);
  const RowLengths lengths = row_lengths(size, task, cell.tune, soft_tokens_of(cell.tuning));
  const double rows = train_rows(cell.train_size, task);
  check_warmup(graph.sweep(), *point[kTuning], cell.tune.optimizer,
               tune_steps(cell.tune, rows, lengths),
               fmt::format("tuning \"{}\" of {} at train_size {}", point[kTuning]->label,
                           point[kTask]->label, point[kTrainSize]->label));
  job.cost_seconds =
      trainings(cell.tune) * tune_seconds(size, cell.tune, rows, trained_lengths(cell, lengths),
                                          cell.tuning.name != "full") +
      evaluate_seconds(size, lengths, task, cell.evaluate, /*tuned=*/true);
  job.cost_seconds += pool_seconds(size, lengths, task, cell);
  job.affinity = start_of(cell, job);
  job.sharing = sharing_of(point, cell, job);
  if (!job.sharing.empty()) {
    const auto trained =
        static_cast<double>(graph.data().trained_parameters(*point[kTuning], objective_of(point)));
    job.group_bytes = group_bytes(size, lengths, cell.evaluate, trained);
  }
}

}  // namespace

int64_t add_cell(JobGraph& graph, const GridPoint& of_axes, const std::string& name) {
  const Sweep& sweep = graph.sweep();
  const AxisValue own_task = task_in_split(of_axes);
  GridPoint point = of_axes;
  point[kTask] = &own_task;
  refuse_untrained_tokens(sweep, point);
  graph.data().check_cell(point);
  Job job{.name = name};
  TuneJob cell{.start = start_from_point(graph, point, job),
               .task = task_for(graph, *point[kTask], job),
               .tmpl = graph.data().template_settings(*point[kTemplate], task_of(point)),
               .tuning = tuning_for(graph, *point[kTuning], job),
               .train_size = point[kTrainSize]->as<TrainSizeSettings>(),
               .seed = seed_of(point).seed,
               .tune = point[kTuning]->as<TuningValue>().tune,
               .evaluate = graph.data().evaluate(*point[kTask]),
               .seed_parts = seed_of(point).parts};
  name_choosing_metric(graph, *point[kTask], cell.tune);
  cell.labelling = labelling_for(graph, point, job);
  cell.self_training = self_training_for(graph, point, job);
  model_instructions(graph, point, cell);
  add_side_losses(graph, point, job, cell);
  estimate_cell(graph, point, cell, job);
  job.settings = std::move(cell);
  return graph.add(std::move(job));
}

namespace {

// Whether the baseline looks at training examples.
bool counts_examples(BaselineKind kind) {
  return kind != BaselineKind::chance && kind != BaselineKind::longest_choice &&
         kind != BaselineKind::copy && kind != BaselineKind::untuned;
}

uint64_t subset_seed(const SeedValue& seed) { return seed.parts.subset.value_or(seed.seed); }

// The seed's, or of a baseline that has none, those of all seeds.
std::vector<uint64_t> validation_seeds(const Sweep& sweep, const GridPoint& point) {
  if (point[kSeed]) return {subset_seed(seed_of(point))};
  std::vector<uint64_t> seeds;
  for (const AxisValue& value : sweep.axes.at("seed"))
    seeds.push_back(subset_seed(value.as<SeedValue>()));
  return seeds;
}

}  // namespace

int64_t add_baseline(JobGraph& graph, BaselineKind kind, const GridPoint& of_axes,
                     const std::string& name) {
  const Sweep& sweep = graph.sweep();
  const AxisValue own_task = task_in_split(of_axes);
  GridPoint point = of_axes;
  point[kTask] = &own_task;
  Job job{.name = name, .cost_seconds = kOverheadSeconds};
  BaselineJob baseline{.baseline = kind, .evaluate = graph.data().evaluate(*point[kTask])};
  if (counts_examples(kind)) {
    baseline.subset = {point[kTrainSize]->as<TrainSizeSettings>(), subset_seed(seed_of(point)),
                       sweep.tune.validation_examples};
  } else if (kind == BaselineKind::untuned) {
    baseline.untuned = untuned_settings(graph, point, job);
    const ModelSize size = size_of(sweep, objective_of(point));
    const TaskSize task = graph.data().task_size(*point[kTask]);
    job.cost_seconds = evaluate_seconds(size, row_lengths(size, task, sweep.tune), task,
                                        baseline.evaluate, /*tuned=*/false);
  }
  if (sweep.tune.validation_examples > 0)
    baseline.validation = {sweep.tune.validation_examples, validation_seeds(sweep, point)};
  baseline.task = task_for(graph, *point[kTask], job);
  job.settings = std::move(baseline);
  return graph.add(std::move(job));
}

}  // namespace dovetail
