// SPDX-License-Identifier: Apache-2.0
#include "jobs/pretrain.h"

#include <algorithm>

#include "base/error.h"
#include "base/file.h"
#include "base/random.h"
#include "jobs/backbone.h"
#include "jobs/held_out_loss.h"
#include "jobs/packed_text.h"
#include "jobs/pair_batches.h"
#include "jobs/periodic_saver.h"
#include "plan/model_size.h"
#include "training/learning_rate.h"
#include "training/saved_state.h"
#include "training/training_loop.h"

namespace dovetail {

namespace fs = std::filesystem;

namespace {

// What a step spends is measured on so many tokens of source, and at least and at most so many
// rows.
constexpr int64_t kSampleTokens = int64_t{1} << 22, kLeastSample = 1024, kMostSample = 32768;

bool is_supervised(const PretrainJob& job) { return job.objective.name == "supervised"; }

// A later stage reads other rows than the one before.
PretrainSettings stage_settings(const PretrainJob& job) {
  PretrainSettings settings = job.pretrain;
  if (job.stage > 1) {
    const auto seed = static_cast<uint64_t>(settings.seed);
    settings.seed =
        static_cast<int64_t>(derive_seed(seed, fmt::format("stage/{}", job.stage)) >> 1);
  }
  return settings;
}

// Random weights, or those of the stage before.
Backbone start_of(const Job& job, const PretrainJob& pretrain, Artefacts& artefacts) {
  if (pretrain.stage > 1) return load_folder(artefacts.folder(job.input_keys.at(1)), artefacts);
  const auto vocabulary = artefacts.vocabulary(artefacts.folder(job.input_keys.at(0)));
  const T5Config config = config_for(pretrain.model, *vocabulary);
  const T5Weights start = random_weights(config, static_cast<uint64_t>(pretrain.pretrain.seed));
  return {vocabulary, T5Model(config, clone_weights(config, start, artefacts.device()))};
}

// What a step spends; what a budget makes of the steps.
struct Steps {
  Spending each;
  int64_t count = 0;
};

Steps resolved_steps(const PretrainJob& job, const PretrainSettings& settings,
                     const Documents& documents, const Vocabulary& vocabulary, RowTexts texts) {
  if (is_supervised(job)) return {.count = settings.steps};
  const ModelSize size = model_size(job.model, vocabulary.size());
  const auto measured = [&](const ChoiceSettings& objective, const PretrainSettings& own) {
    TextRows rows(documents, vocabulary, objective, own, texts);
    const int64_t most = own.budget.unit == "steps" ? own.steps * rows_per_batch(own) : kMostSample;
    const int64_t sample =
        std::clamp(kSampleTokens / own.sequence_length, kLeastSample, kMostSample);
    return step_spending(rows, own, size, std::min(sample, most));
  };
  Steps steps{.each = measured(job.objective, settings), .count = settings.steps};
  if (settings.budget.unit == "steps") return steps;
  Spending reference;
  if (settings.budget.amount == 0)
    reference = measured({kReferenceObjective, Json::object()}, reference_settings(settings));
  steps.count = steps_of(settings.budget, settings.steps, steps.each, reference);
  return steps;
}

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

std::function<Batch(int64_t)> batches_of(const Job& job, const PretrainSettings& settings,
                                         const TokenCorpus& corpus, const Documents& documents,
                                         const Vocabulary& vocabulary, const T5Config& config) {
  const BatchIds ids(config);
  const ChoiceSettings& objective = settings_of<PretrainJob>(job).objective;
  if (objective.name == "supervised") {
    const auto pairs = std::make_shared<PairBatches>(job.locations.pairs, &corpus, vocabulary,
                                                     objective.parameters, settings, ids);
    return [pairs](int64_t step) { return pairs->batch(step); };
  }
  const auto rows = std::make_shared<PackedText>(documents, vocabulary, objective, settings, ids,
                                                 row_texts(config));
  return [rows](int64_t step) { return rows->batch(step); };
}

// Trains from the saved state on, if there is one.
TrainingOutcome trained(TrainingTask& training, const std::function<Batch(int64_t)>& next_batch,
                        const fs::path& partial, double checkpoint_seconds, HeldOutLoss* held_out) {
  TrainingState state;
  TrainingOutcome outcome;
  prepare(training, state);
  restore_if_saved({training, state, outcome}, partial);
  training.next_batch = next_batch;
  if (writes_results(training.group)) {
    if (held_out) held_out->restore(state.first_step);
    const auto saver = std::make_shared<PeriodicSaver>(partial, checkpoint_seconds);
    training.after_step = [saver, held_out](const TrainingRun& run, int64_t step) {
      if (held_out) held_out->after_step(run, step);
      (*saver)(run, step);
    };
  }
  train(training, state, outcome);
  if (!outcome.failure.empty()) throw_<SystemError>("{}", outcome.failure);
  return outcome;
}

void fill_record(const TrainingOutcome& outcome, const TokenCorpus& corpus, const Steps& steps,
                 const HeldOutLoss* held_out, Record& record) {
  record.curves["train_loss"] = outcome.train_loss;
  record.metrics["train_loss"] = outcome.train_loss.values.back();
  record.metrics["corpus_tokens"] = static_cast<double>(corpus.num_tokens());
  if (steps.each.examples > 0) record.metrics.merge(spending_metrics(steps.each, steps.count));
  if (held_out) {
    record.curves["held_out_loss"] = held_out->curve();
    record.metrics["held_out_loss"] = held_out->curve().values.back();
  }
  record.cost = outcome.cost;
  record.provenance["corpus_statistics"] = corpus.statistics();
}

}  // namespace

void run_pretrain(const Job& job, Artefacts& artefacts, double checkpoint_seconds,
                  GradientAllReduce* all_reduce, Record& record) {
  const PretrainJob& pretrain = settings_of<PretrainJob>(job);
  Backbone start = start_of(job, pretrain, artefacts);
  const Vocabulary& vocabulary = *start.vocabulary;
  const auto corpus = artefacts.corpus(pretrain.corpus, job.locations, vocabulary);
  PretrainSettings settings = stage_settings(pretrain);
  const SplitCorpus documents = split_corpus(*corpus, settings.held_out);
  const RowTexts texts = row_texts(start.model.config());
  const Steps steps = resolved_steps(pretrain, settings, documents.training, vocabulary, texts);
  settings.steps = steps.count;
  const fs::path partial = artefacts.partial_file(job.key);
  std::optional<HeldOutLoss> held_out;
  if (settings.held_out > 0)
    held_out.emplace(documents.held_out, vocabulary, pretrain.objective, settings,
                     partial.string() + ".held_out.json", texts);
  const auto tuning = find_tuning("full").make(start.model, {}, 0);
  TrainingTask training = training_task(settings, start.model, *tuning, all_reduce);
  const auto next_batch =
      batches_of(job, settings, *corpus, documents.training, vocabulary, start.model.config());
  const TrainingOutcome outcome =
      trained(training, next_batch, partial, checkpoint_seconds, held_out ? &*held_out : nullptr);
  if (!writes_results(all_reduce)) return;
  if (held_out) held_out->finish(training);
  publish_checkpoint(artefacts.folder(job.key), start.model, vocabulary);
  fs::remove(partial);
  record.provenance["schedule"] = effective_schedule(training.optimizer, training.steps);
  fill_record(outcome, *corpus, steps, held_out ? &*held_out : nullptr, record);
}

}  // namespace dovetail
