// SPDX-License-Identifier: Apache-2.0
#include "jobs/tune_cell.h"

#include <algorithm>

#include "base/error.h"
#include "base/random.h"
#include "jobs/evaluate.h"

namespace dovetail {

namespace {

std::unique_ptr<TuningMethod> make_method(const Job& job, T5Model& model, uint64_t seed,
                                          const SoftTokenPlan& soft_tokens) {
  const auto choice = job.settings.at("tuning").get<ChoiceSettings>();
  const Tuning& tuning = find_tuning(choice.name);
  Json parameters = tuning.entry.defaults;
  parameters.update(choice.parameters);
  if (job.locations.contains("initialization_folder")) {  // settings hold its content hash
    parameters["initialization_folder"] = job.locations.at("initialization_folder");
  }
  return tuning.make(model, parameters, seed, soft_tokens);
}

}  // namespace

TuneCell::TuneCell(const Job& job, std::shared_ptr<const TaskData> data, Artefacts& artefacts,
                   GradientAllReduce* team)
    : settings(job.settings.at("tune").get<TuneSettings>()),
      seed(job.settings.at("seed").get<uint64_t>()),
      task(std::move(data)),
      backbone(load_backbone(job, artefacts)),
      form(template_of(job.settings)),
      soft_tokens(plan_soft_tokens(form, *task, *backbone.vocabulary)),
      method(make_method(job, backbone.model, seed, soft_tokens)),
      maker{*task,
            form,
            *backbone.vocabulary,
            soft_tokens,
            backbone.model.config().vocab_size,
            settings.max_source_length,
            settings.max_target_length},
      subset(subset_for(job, *task, settings.validation_examples)),
      validation(validation_rows(maker, subset)),
      batches(training_rows(maker, subset), {settings.batch_size, settings.batch_tokens},
              derive_seed(seed, "order")) {
  training = {.model = &backbone.model,
              .tuning = method.get(),
              .optimizer = settings.optimizer,
              .options = settings.options,
              .steps = resolve_steps(settings.steps, batches.batches_per_epoch()),
              .dropout = settings.dropout,
              .seed = seed,
              .group = team};
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
