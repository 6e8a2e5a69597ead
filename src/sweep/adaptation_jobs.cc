// SPDX-License-Identifier: Apache-2.0
#include "sweep/adaptation_jobs.h"

#include <filesystem>

#include "base/error.h"
#include "sweep/adapt_section.h"
#include "sweep/start_jobs.h"
#include "sweep/warmup_check.h"

namespace dovetail {

namespace {

// Estimates. Both kinds of work are short: segmenting generates a few tokens a sentence, and the
// models see each triple a few times.
constexpr double kSentencesSeenPerRow = 4;
constexpr double kSplitSeconds = 60;        // some hundred thousand sentences, once through
constexpr int64_t kTrainingRelations = 16;  // facts of the published runs: 16 and 17
constexpr double kFilledShare = 0.5;        // of the limits, by a row's ids

// A model that reads sentences and writes a few tokens for each.
double reading_seconds(const ModelSize& size, const AdaptSettings& adapt, double sentences) {
  return evaluate_seconds(size, adaptation_lengths(adapt), {.test_examples = sentences},
                          {.test_examples = 0}, /*tuned=*/true);
}

// Splitter and classifier see other rows, in other numbers: they warm up for the adaptation's share
// of their steps.
OptimizerSettings segment_optimizer(const AdaptSettings& adapt) {
  OptimizerSettings optimizer = adapt.optimizer;
  if (optimizer.warmup == 0) return optimizer;
  optimizer.warmup_ratio =
      static_cast<double>(optimizer.warmup) / static_cast<double>(adaptation_steps(adapt));
  optimizer.warmup = 0;
  return optimizer;
}

std::string without_folders(const std::string& lexicon) {
  return std::filesystem::path(lexicon).filename().string();
}

// Only the settings that decide the rows; the others may change without cutting again.
SplitSettings split_settings(const AdaptSettings& adapt) {
  return {.sentences = adapt.sentences,
          .split = adapt.split,
          .rows = adapt.rows,
          .seed = static_cast<uint64_t>(adapt.seed),
          .lexicon = without_folders(adapt.lexicon)};
}

int64_t add_split(JobGraph& graph, const AxisValue& objective, const AxisValue& adaptation) {
  const Sweep& sweep = graph.sweep();
  const auto& adapt = adaptation.as<AdaptSettings>();
  Job job{.name = fmt::format("adapt/split/{}-{}", adapt.sentences, adapt.split)};
  SegmentJob settings{SegmentStage::split, split_settings(adapt)};
  settings.split.corpus = corpus_for(graph, sweep.adapt_text, job);
  settings.split.lexicon_fingerprint =
      graph.data().fingerprint(DataSource::lexicon, adapt.lexicon, &adaptation);
  job.locations.lexicon = adapt.lexicon;
  for (const AxisValue& task : sweep.axes.at("task")) {
    settings.split.avoid.push_back(graph.data().task(task));
    job.locations.avoid.push_back(task.as<TaskValue>().source());
  }
  job.settings = std::move(settings);
  job.cost_seconds = kSplitSeconds;
  if (needs_splitter(adapt)) {
    job.inputs = {add_segment_model(graph, SegmentModel::splitter, objective, adapt)};
    job.cost_seconds += reading_seconds(size_of(sweep, objective.as<ObjectiveValue>()), adapt,
                                        kSentencesSeenPerRow * static_cast<double>(adapt.rows));
  }
  return graph.add(std::move(job));
}

// Splits sentences and, if a classifier has to say how, groups them.
int64_t add_segments(JobGraph& graph, const AxisValue& objective, const AxisValue& adaptation) {
  const auto& adapt = adaptation.as<AdaptSettings>();
  const int64_t split = add_split(graph, objective, adaptation);
  if (!needs_classifier(adapt)) return split;
  Job job{.name = "adapt/group/" + adapt.split,
          .settings = SegmentJob{.stage = SegmentStage::group}};
  job.inputs = {split, add_segment_model(graph, SegmentModel::classifier, objective, adapt)};
  job.cost_seconds = reading_seconds(size_of(graph.sweep(), objective.as<ObjectiveValue>()), adapt,
                                     static_cast<double>(adapt.rows));
  return graph.add(std::move(job));
}

}  // namespace

ContinueSettings pretraining_to_continue(JobGraph& graph, const AxisValue& objective,
                                         const std::string& who, Job& job) {
  const auto& value = objective.as<ObjectiveValue>();
  ContinueSettings settings{objective_to_continue(graph.sweep(), objective, who),
                            value.is("checkpoint") ? graph.sweep().pretrain : value.pretrain,
                            {}};
  settings.corpus = corpus_for(graph, graph.sweep().corpus, job);
  return settings;
}

RowLengths adaptation_lengths(const AdaptSettings& adapt) {
  return {.source = kFilledShare * static_cast<double>(adapt.max_source_length),
          .target = kFilledShare * static_cast<double>(adapt.max_target_length)};
}

// Counted from the settings, as jobs/adapt.cc does.
int64_t adaptation_steps(const AdaptSettings& adapt) {
  return resolve_steps(adapt.steps, (adapt.rows + adapt.batch_size - 1) / adapt.batch_size);
}

ChoiceSettings objective_to_continue(const Sweep& sweep, const AxisValue& objective,
                                     const std::string& who) {
  const auto& value = objective.as<ObjectiveValue>();
  if (value.is("none")) {
    fail_at_value(sweep, objective,
                  fmt::format("{} continues an objective, and \"none\" has none; exclude the two "
                              "together",
                              who));
  }
  if (!value.is("checkpoint")) return value.choice;
  if (!value.pretrained_with.empty()) return {value.pretrained_with, Json::object()};
  fail_at_value(sweep, objective,
                fmt::format("{} must know the objective that the checkpoint {} was pre-trained "
                            "with; write {{ checkpoint = \"...\", objective = "
                            "\"span_corruption\" }}",
                            who, objective.label));
}

int64_t add_segment_model(JobGraph& graph, SegmentModel model, const AxisValue& objective,
                          const AdaptSettings& adapt, const std::string& without) {
  const std::string name = model == SegmentModel::splitter ? "splitter" : "classifier";
  const std::string left_out = without.empty() ? "" : "-without-" + without;
  const std::string task =
      fmt::format("{}-{}{}:{}", name, adapt.graph_rows, left_out, graph.sweep().adapt_graph);
  Job job{.name = fmt::format("adapt/{}{}/{}", name, left_out, objective.label)};
  TuneJob settings{.start = start_from_base(graph, objective, job),
                   .task = {name, graph.data().fingerprint(DataSource::task, task), ""},
                   .tmpl = {.name = "masked_mapping"},
                   .tuning = {.name = "full"},
                   .seed = static_cast<uint64_t>(adapt.seed),
                   .evaluate = {.metrics = {"exact_match", "rouge_l"}}};
  settings.tune = {.steps = adapt.steps,
                   .batch_size = 20,
                   .max_source_length = adapt.max_source_length,
                   .max_target_length = adapt.max_target_length,
                   .keep_model = true,
                   .options = adapt.options,
                   .optimizer = segment_optimizer(adapt)};
  job.locations.task = task;
  job.cost_seconds = tune_seconds(
      size_of(graph.sweep(), objective.as<ObjectiveValue>()), settings.tune,
      static_cast<double>(kTrainingRelations * adapt.graph_rows), adaptation_lengths(adapt),
      /*frozen=*/false);
  job.settings = std::move(settings);
  return graph.add(std::move(job));
}

int64_t add_adaptation(JobGraph& graph, const AxisValue& objective, const AxisValue& adaptation) {
  const auto& adapt = adaptation.as<AdaptSettings>();
  check_warmup(graph.sweep(), adaptation, adapt.optimizer,
               static_cast<double>(adaptation_steps(adapt)),
               fmt::format("adaptation \"{}\"", adaptation.label));
  Job job{.name = fmt::format("adapt/{}/{}", objective.label, adaptation.label)};
  const int64_t replicate = objective.as<ObjectiveValue>().replicate;
  if (replicate > 0) job.name += fmt::format("/replicate{}", replicate + 1);
  AdaptJob settings{.start = start_from_base(graph, objective, job), .adapt = adapt};
  settings.adapt.lexicon = without_folders(adapt.lexicon);
  if (needs_sentences(adapt)) {
    job.inputs.push_back(add_segments(graph, objective, adaptation));
  } else {
    settings.continued = pretraining_to_continue(graph, objective, "adaptation \"continued\"", job);
  }
  const TuneSettings work{.steps = adapt.steps,
                          .batch_size = adapt.batch_size,
                          .max_source_length = adapt.max_source_length,
                          .max_target_length = adapt.max_target_length};
  job.cost_seconds =
      tune_seconds(size_of(graph.sweep(), objective.as<ObjectiveValue>()), work,
                   static_cast<double>(adapt.rows), adaptation_lengths(adapt), false);
  job.settings = std::move(settings);
  return graph.add(std::move(job));
}

}  // namespace dovetail
