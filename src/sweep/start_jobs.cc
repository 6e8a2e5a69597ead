// SPDX-License-Identifier: Apache-2.0
#include "sweep/start_jobs.h"

#include "base/error.h"
#include "sweep/warmup_check.h"

namespace dovetail {

namespace {

constexpr int64_t kNumByteIds = 259;  // 256 bytes and three special ids, as ByT5 has them

int64_t add_tokenizer(JobGraph& graph) {
  const Sweep& sweep = graph.sweep();
  const VocabularySettings& vocabulary = sweep.vocabulary;
  Job job{.name = "tokenizer/" + vocabulary.type};
  TokenizerJob settings{.vocabulary = vocabulary};
  if (vocabulary.type == "unigram") {
    job.name += std::to_string(vocabulary.vocab_size);
    settings.corpus = corpus_for(graph, sweep.corpus, job);
  } else if (vocabulary.type == "file") {
    settings.vocabulary_fingerprint =
        graph.data().fingerprint(DataSource::vocabulary, sweep.vocabulary_file);
    job.locations.vocabulary_file = sweep.vocabulary_file;
  }
  job.settings = std::move(settings);
  job.cost_seconds = tokenizer_seconds(vocabulary);
  return graph.add(std::move(job));
}

// One stage of a pre-training: its label, its seed, the vocabulary and the stage before.
struct Stage {
  std::string label;
  int64_t seed = 1;
  std::vector<int64_t> inputs;
};

// Fills in what the job will spend and returns its steps; those of a budget in tokens or FLOPs hang
// on the rows, which the run counts again.
int64_t estimate(JobGraph& graph, const ObjectiveValue& value, const PretrainJob& settings,
                 Job& job) {
  const ModelSize size = size_of(graph.sweep(), value);
  PretrainSettings pretrain = settings.pretrain;
  const auto known = graph.data().pretrain_estimate(settings, job.locations.corpus, size);
  if (!known) {
    job.cost_seconds = pretrain_seconds(size, pretrain);
    return pretrain.steps;
  }
  pretrain.steps = steps_of(pretrain.budget, pretrain.steps, known->step, known->reference_step);
  job.spending = spending_metrics(known->step, pretrain.steps);
  job.cost_seconds = pretrain_seconds(size, pretrain, known->step);
  return pretrain.steps;
}

int64_t add_stage(JobGraph& graph, const AxisValue& objective, const ObjectiveValue& value,
                  const Stage& stage) {
  Job job{.name = fmt::format("pretrain/{}/seed{}", stage.label, stage.seed)};
  job.inputs = stage.inputs;
  PretrainJob settings{.model = graph.sweep().model,
                       .objective = value.choice,
                       .pretrain = value.pretrain,
                       .corpus = corpus_for(graph, graph.sweep().corpus, job)};
  settings.pretrain.seed = stage.seed;
  if (stage.inputs.size() > 1) {
    const auto& before = settings_of<PretrainJob>(graph.job(stage.inputs.back()));
    settings.stage = before.stage + 1;
  }
  if (!value.pairs_path.empty()) {  // by content, as every file
    settings.objective.parameters["pairs"] =
        graph.data().fingerprint(DataSource::pairs, value.pairs_path, &objective);
    job.locations.pairs = value.pairs_path;
  }
  const int64_t steps = estimate(graph, value, settings, job);
  check_warmup(graph.sweep(), objective, value.pretrain.optimizer, static_cast<double>(steps),
               fmt::format("pre-training \"{}\"", stage.label));
  job.settings = std::move(settings);
  return graph.add(std::move(job));
}

}  // namespace

std::vector<CorpusSource> corpus_for(JobGraph& graph, const std::vector<std::string>& names,
                                     Job& job) {
  job.locations.corpus = names;
  return graph.data().corpus(names);
}

TaskSource task_for(JobGraph& graph, const AxisValue& task, Job& job) {
  job.locations.task = task.as<TaskValue>().card;
  return graph.data().task(task);
}

int64_t add_pretraining(JobGraph& graph, const AxisValue& objective, int64_t seed) {
  const auto& value = objective.as<ObjectiveValue>();
  std::vector<int64_t> inputs = {add_tokenizer(graph)};
  for (const ObjectiveValue& before : value.stages_before) {
    const int64_t stage = add_stage(graph, objective, before, {before.stage_label, seed, inputs});
    inputs.resize(1);
    inputs.push_back(stage);
  }
  return add_stage(graph, objective, value, {objective.label, seed, inputs});
}

StartSettings start_from_base(JobGraph& graph, const AxisValue& objective, Job& job) {
  const auto& value = objective.as<ObjectiveValue>();
  if (value.is("checkpoint")) {  // which has its own vocabulary
    StartSettings start{.objective = value.choice, .model = value.model};
    start.objective.parameters["fingerprint"] =
        graph.data().fingerprint(DataSource::checkpoint, value.folder, &objective);
    // part of the key only where there are some, so that other jobs keep theirs
    const std::vector<std::string>& tokens = graph.sweep().vocabulary.add_tokens;
    if (!tokens.empty()) start.objective.parameters["add_tokens"] = tokens;
    job.locations.checkpoint = value.folder;
    return start;
  }
  job.inputs.push_back(add_tokenizer(graph));
  if (!value.is("none")) {
    job.inputs.push_back(
        add_pretraining(graph, objective, graph.sweep().pretrain.seed + value.replicate));
  }
  return {.objective = value.choice, .model = graph.sweep().model};
}

ModelSize size_of(const Sweep& sweep, const ObjectiveValue& objective) {
  if (objective.is("checkpoint"))
    return model_size(objective.model, objective.model.value("vocab_size", int64_t{32128}));
  const VocabularySettings& vocabulary = sweep.vocabulary;
  int64_t rows = sweep.model.value("vocab_size", int64_t{32128});
  if (vocabulary.type == "unigram") rows = vocabulary.vocab_size + vocabulary.sentinels;
  if (vocabulary.type == "bytes") rows = kNumByteIds + vocabulary.sentinels;
  if (vocabulary.type != "file") rows += std::ssize(vocabulary.add_tokens);
  return model_size(sweep.model, rows);
}

}  // namespace dovetail
