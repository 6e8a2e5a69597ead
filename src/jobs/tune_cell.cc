// SPDX-License-Identifier: Apache-2.0
#include "jobs/tune_cell.h"

#include <algorithm>

#include "base/error.h"
#include "base/random.h"
#include "jobs/evaluate.h"
#include "jobs/training_subset.h"

namespace dovetail {

namespace {

std::unique_ptr<TuningMethod> make_method(const Job& job, const ChoiceSettings& choice,
                                          T5Model& model, uint64_t seed,
                                          const SoftTokenPlan& soft_tokens) {
  const Tuning& tuning = find_tuning(choice.name);
  Json parameters = choice.parameters;
  if (!job.locations.initialization_folder.empty()) {  // the settings have its content hash
    parameters["initialization_folder"] = job.locations.initialization_folder;
  }
  return tuning.make(model, parameters, seed, soft_tokens);
}

// The rows, with their counts added to `counts`.
std::vector<Sequence> counted(EncodedRows encoded, RowCounts& counts) {
  counts += encoded.counts;
  return std::move(encoded.rows);
}

}  // namespace

TuneCell::TuneCell(const Job& job, const TuneJob& cell, std::shared_ptr<const TaskData> data,
                   Artefacts& artefacts, GradientAllReduce* all_reduce)
    : settings(cell.tune),
      seed(cell.seed),
      task(std::move(data)),
      backbone(load_backbone(job, cell.start, cell.seed_of(&SeedParts::initialization), artefacts)),
      tmpl(template_for(cell.tmpl, cell.tuning)),
      soft_tokens(plan_soft_tokens(tmpl, *task, *backbone.vocabulary)),
      method(make_method(job, cell.tuning, backbone.model, cell.seed_of(&SeedParts::initialization),
                         soft_tokens)),
      encoder(*task, tmpl, *backbone.vocabulary, soft_tokens, backbone.model.config().vocab_size,
              {settings.max_source_length, settings.max_target_length}),
      subset(training_subset(*task, cell.train_size, cell.seed_of(&SeedParts::subset),
                             settings.validation_examples)),
      validation(counted(validation_rows(encoder, subset), counts)),
      batches(counted(training_rows(encoder, subset), counts),
              {settings.batch_size, settings.batch_tokens},
              derive_seed(cell.seed_of(&SeedParts::order), "order"),
              BatchIds(backbone.model.config())) {
  training = {.model = &backbone.model,
              .tuning = method.get(),
              .optimizer = settings.optimizer,
              .options = settings.options,
              .steps = resolve_steps(settings.steps, batches.batches_per_epoch()),
              .dropout = settings.dropout,
              .seed = cell.seed_of(&SeedParts::dropout),
              .group = all_reduce};
  training.next_batch = [this](int64_t) { return batches.next(); };
  const int64_t stride =
      std::max<int64_t>(1, training.steps / std::max<int64_t>(1, settings.evaluations));
  training.after_step = [this, stride](const TrainingRun& run, int64_t step) {
    if (!writes_results(run.task.group) || validation.empty() || step % stride != 0) return;
    const AveragedWeights averaged(run.state.average.get());
    add_validation_point(step);
  };
}

void TuneCell::add_validation_point(int64_t step) {
  validation_loss.steps.push_back(step);
  validation_loss.values.push_back(
      mean_loss(backbone.model, *method, validation, settings.batch_size * 4));
}

}  // namespace dovetail
