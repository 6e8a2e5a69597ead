// SPDX-License-Identifier: Apache-2.0
// The jobs between a base checkpoint and its adaptation: models that cut and group sentences, the
// rows they leave, and training on those.
#include "base/error.h"
#include "sweep/adaptation.h"
#include "sweep/job_graph.h"

namespace dovetail {

namespace {

// Only what decides the rows; the rest of an adaptation's settings may change without cutting anew.
Json split_settings(const AdaptSettings& adapt) {
  return {{"sentences", adapt.sentences},
          {"split", adapt.split},
          {"rows", adapt.rows},
          {"seed", adapt.seed},
          {"lexicon", std::filesystem::path(adapt.lexicon).filename().string()}};
}

// Both are small: labelling generates some tokens a sentence, teaching sees each triple a few
// times.
constexpr double kSentencesLookedAt = 4;  // for each that is kept
constexpr double kCuttingSeconds = 60;    // some hundred thousand sentences, once through
constexpr int64_t kTaughtRelations = 16;  // facts of the published runs: 16 and 17

}  // namespace

int64_t JobGraph::teach(const std::string& lesson, const AxisValue& objective,
                        const AdaptSettings& adapt, const std::string& without) {
  const std::string left_out = without.empty() ? "" : "-without-" + without;
  const std::string task =
      fmt::format("{}-{}{}:{}", lesson, adapt.graph_rows, left_out, sweep_.adapt_graph);
  Job job{.kind = JobKind::tune,
          .name = fmt::format("adapt/{}{}/{}", lesson, left_out, objective.label)};
  start_from_base(objective, job);
  TuneSettings tune{.steps = adapt.steps,
                    .batch_size = 20,
                    .max_source_length = adapt.max_source_length,
                    .max_target_length = adapt.max_target_length,
                    .keep_model = true};
  tune.optimizer = adapt.optimizer;
  tune.options = adapt.options;
  job.settings["task"] = {{"name", lesson},
                          {"fingerprint", fingerprint("task " + task, nullptr,
                                                      [&] { return fingerprints_.task(task); })}};
  job.locations["task"] = task;
  job.settings["template"] = Json(ChoiceSettings{"masked_mapping", Json::object()});
  job.settings["tuning"] = ChoiceSettings{"full", Json::object()};
  job.settings["train_size"] = TrainSizeSettings{};
  job.settings["seed"] = adapt.seed;
  job.settings["tune"] = tune;
  job.settings["evaluate"] = EvaluateSettings{.metrics = {"exact_match", "rouge_l"}};
  const TrainSizeSettings size{.heads = kTaughtRelations * adapt.graph_rows};
  job.cost_seconds = tune_seconds(size_of(objective), tune, size, false);
  return add(std::move(job));
}

int64_t JobGraph::label(const AxisValue& objective, const AxisValue& adaptation) {
  const auto adapt = adaptation.settings.get<AdaptSettings>();
  const ModelSize size = size_of(objective);
  Job cut{.kind = JobKind::label,
          .name = fmt::format("adapt/split/{}-{}", adapt.sentences, adapt.split)};
  cut.settings = {{"stage", "split"}, {"split", split_settings(adapt)}};
  cut.settings["corpus"] = texts(sweep_.adapt_text, cut);
  cut.locations["lexicon"] = adapt.lexicon;
  if (fingerprints_.lexicon) {
    cut.settings["lexicon_fingerprint"] = fingerprint("lexicon " + adapt.lexicon, &adaptation, [&] {
      return fingerprints_.lexicon(adapt.lexicon);
    });
  }
  cut.settings["avoid"] = Json::array();  // no test example of the sweep may lie in the sentences
  for (const AxisValue& task : sweep_.axes.at("task")) {
    Job described;
    set_task(task, described);
    cut.settings["avoid"].push_back(described.settings.at("task"));
    cut.locations["avoid"].push_back(
        described.locations.value("task", task.settings.at("name").get<std::string>()));
  }
  cut.cost_seconds = kCuttingSeconds;
  if (needs_splitter(adapt)) {
    cut.inputs = {teach("splitter", objective, adapt)};
    cut.cost_seconds +=
        evaluate_seconds(size, adapt.max_source_length,
                         {.test_examples = static_cast<int64_t>(kSentencesLookedAt * adapt.rows)});
  }
  const int64_t split = add(std::move(cut));
  if (!needs_classifier(adapt)) return split;
  Job group{.kind = JobKind::label, .name = "adapt/group/" + adapt.split};
  group.settings = {{"stage", "group"}};
  group.inputs = {split, teach("classifier", objective, adapt)};
  group.cost_seconds =
      evaluate_seconds(size, adapt.max_source_length, {.test_examples = adapt.rows});
  return add(std::move(group));
}

// More of the same: the base's objective and text, for as many steps of as many rows.
void JobGraph::continue_objective(const AxisValue& objective, Job& job) {
  if (is_named(objective, "none")) {
    throw_<ConfigError>(
        "{}:{}:{}: adaptation \"continued\" goes on with an objective, and \"none\" has none; "
        "exclude the "
        "two together",
        sweep_.file.string(), objective.line, objective.column);
  }
  auto pretrain = sweep_.pretrain;
  if (is_named(objective, "checkpoint")) {
    const std::string name = objective.settings.value("pretrained_with", std::string());
    if (name.empty()) {
      throw_<ConfigError>(
          "{}:{}: adaptation \"continued\" must know what the checkpoint {} was pre-trained with; "
          "write {{ checkpoint = \"...\", objective = \"span_corruption\" }}",
          sweep_.file.string(), objective.line, objective.label);
    }
    job.settings["continue"] = ChoiceSettings{name, Json::object()};
  } else {
    pretrain = objective.settings.at("pretrain").get<PretrainSettings>();
    job.settings["continue"] = choice_of(objective);
  }
  job.settings["pretrain"] = pretrain;
  job.settings["corpus"] = texts(sweep_.corpus, job);
}

int64_t JobGraph::adapt(const AxisValue& objective, const AxisValue& adaptation) {
  const auto adapt = adaptation.settings.get<AdaptSettings>();
  Job job{.kind = JobKind::adapt,
          .name = fmt::format("adapt/{}/{}", objective.label, adaptation.label)};
  start_from_base(objective, job);
  job.settings["adapt"] = adapt;
  job.settings["adapt"]["lexicon"] = std::filesystem::path(adapt.lexicon).filename().string();
  job.settings["seed"] = adapt.seed;
  if (needs_sentences(adapt)) {
    job.inputs.push_back(label(objective, adaptation));
  } else {
    continue_objective(objective, job);
  }
  const TuneSettings work{.steps = adapt.steps,
                          .batch_size = adapt.batch_size,
                          .max_source_length = adapt.max_source_length,
                          .max_target_length = adapt.max_target_length};
  job.cost_seconds = tune_seconds(size_of(objective), work, {.heads = adapt.rows}, false);
  return add(std::move(job));
}

}  // namespace dovetail
