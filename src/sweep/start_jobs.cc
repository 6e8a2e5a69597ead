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
  check_warmup(graph.sweep(), objective, value.pretrain.optimizer,
               static_cast<double>(value.pretrain.steps),
               fmt::format("pre-training \"{}\"", objective.label));
  Job job{.name = fmt::format("pretrain/{}/seed{}", objective.label, seed)};
  job.inputs = {add_tokenizer(graph)};
  PretrainJob settings{graph.sweep().model, value.choice, value.pretrain,
                       corpus_for(graph, graph.sweep().corpus, job)};
  settings.pretrain.seed = seed;
  if (!value.pairs_path.empty()) {  // by content, as every file
    settings.objective.parameters["pairs"] =
        graph.data().fingerprint(DataSource::pairs, value.pairs_path, &objective);
    job.locations.pairs = value.pairs_path;
  }
  job.cost_seconds = pretrain_seconds(size_of(graph.sweep(), value), settings.pretrain);
  job.settings = std::move(settings);
  return graph.add(std::move(job));
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
    job.inputs.push_back(add_pretraining(graph, objective, graph.sweep().pretrain.seed));
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
