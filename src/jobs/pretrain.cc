// SPDX-License-Identifier: Apache-2.0
#include "jobs/pretrain.h"

#include "base/error.h"
#include "base/file.h"
#include "jobs/backbone.h"
#include "jobs/packed_text.h"
#include "jobs/pair_batches.h"
#include "jobs/periodic_saver.h"
#include "training/learning_rate.h"
#include "training/saved_state.h"
#include "training/training_loop.h"

namespace dovetail {

namespace fs = std::filesystem;

namespace {

TrainingTask training_task(const PretrainSettings& settings, T5Model& model, TuningMethod& tuning,
                           GradientAllReduce* all_reduce) {
  return {.model = &model,
          .tuning = &tuning,
          .optimizer = settings.optimizer,
          .options = settings.options,
          .steps = settings.steps,
          .dropout = settings.dropout,
          .seed = static_cast<uint64_t>(settings.seed),
          .group = all_reduce};
}

std::function<Batch(int64_t)> batches_of(const Job& job, const TokenCorpus& corpus,
                                         const Vocabulary& vocabulary, const BatchIds& ids) {
  const PretrainJob& settings = settings_of<PretrainJob>(job);
  const ChoiceSettings& objective = settings.objective;
  if (objective.name == "supervised") {
    const auto pairs = std::make_shared<PairBatches>(job.locations.pairs, &corpus, vocabulary,
                                                     objective.parameters, settings.pretrain, ids);
    return [pairs](int64_t step) { return pairs->batch(step); };
  }
  const auto rows =
      std::make_shared<PackedText>(corpus, vocabulary, objective, settings.pretrain, ids);
  return [rows](int64_t step) { return rows->batch(step); };
}

}  // namespace

void run_pretrain(const Job& job, Artefacts& artefacts, double checkpoint_seconds,
                  GradientAllReduce* all_reduce, Record& record) {
  const PretrainJob& pretrain = settings_of<PretrainJob>(job);
  const PretrainSettings& settings = pretrain.pretrain;
  const auto vocabulary = artefacts.vocabulary(artefacts.folder(job.input_keys.at(0)));
  const auto corpus = artefacts.corpus(pretrain.corpus, job.locations, *vocabulary);
  const T5Config config = config_for(pretrain.model, *vocabulary);
  const T5Weights start = random_weights(config, static_cast<uint64_t>(settings.seed));
  T5Model model(config, clone_weights(config, start, artefacts.device()));
  const auto tuning = find_tuning("full").make(model, {}, 0);
  const auto next_batch = batches_of(job, *corpus, *vocabulary, BatchIds(config));
  TrainingTask training = training_task(settings, model, *tuning, all_reduce);
  TrainingState state;
  TrainingOutcome outcome;
  prepare(training, state);
  const fs::path partial = artefacts.partial_file(job.key);
  restore_if_saved({training, state, outcome}, partial);
  training.next_batch = next_batch;
  if (writes_results(all_reduce)) training.after_step = PeriodicSaver(partial, checkpoint_seconds);
  train(training, state, outcome);
  if (!outcome.failure.empty()) throw_<SystemError>("{}", outcome.failure);
  if (!writes_results(all_reduce)) return;
  publish_checkpoint(artefacts.folder(job.key), model, *vocabulary);
  fs::remove(partial);
  record.curves["train_loss"] = outcome.train_loss;
  record.metrics["train_loss"] = outcome.train_loss.values.back();
  record.metrics["corpus_tokens"] = static_cast<double>(corpus->num_tokens());
  record.cost = outcome.cost;
  record.provenance["schedule"] = effective_schedule(training.optimizer, training.steps);
  record.provenance["corpus_statistics"] = corpus->statistics();
}

}  // namespace dovetail
