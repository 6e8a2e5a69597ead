// SPDX-License-Identifier: Apache-2.0
#include "training/tune.h"

#include <algorithm>
#include <cmath>
#include <memory>

#include "base/error.h"
#include "base/file.h"
#include "base/random.h"
#include "training/evaluate.h"
#include "training/learner.h"
#include "training/pretrain.h"

namespace dovetail {

namespace {

int64_t resolve_steps(const StepSettings& settings, int64_t batches_per_epoch) {
  if (settings.fixed > 0) return settings.fixed;
  int64_t steps = static_cast<int64_t>(std::llround(settings.epochs * batches_per_epoch));
  steps = std::max(steps, settings.at_least);
  return settings.at_most > 0 ? std::min(steps, settings.at_most) : steps;
}

// Everything one cell needs while it trains; it stays where it is, as others point into it.
struct TuneCell {
  TuneCell(const Job& job, Artefacts& artefacts, GradientTeam* team);
  TuneCell(const TuneCell&) = delete;

  void add_validation_point(int64_t step);

  TuneSettings settings;
  uint64_t seed;
  std::shared_ptr<const TaskData> task;
  Backbone backbone;
  BoundTemplate form;
  SoftTokenPlan soft_tokens;
  std::unique_ptr<TuningMethod> method;
  RowMaker maker;
  Subset subset;
  std::vector<Sequence> validation;
  EpochBatches batches;
  Curve validation_loss;
  Learner learner;
};

std::unique_ptr<TuningMethod> make_method(const Job& job, T5Model& model, uint64_t seed,
                                          const SoftTokenPlan& soft_tokens) {
  const auto choice = job.settings.at("tuning").get<ChoiceSettings>();
  const Tuning& tuning = find_tuning(choice.name);
  Json parameters = tuning.entry.defaults;
  parameters.update(choice.parameters);
  return tuning.make(model, parameters, seed, soft_tokens);
}

TuneCell::TuneCell(const Job& job, Artefacts& artefacts, GradientTeam* team)
    : settings(job.settings.at("tune").get<TuneSettings>()),
      seed(job.settings.at("seed").get<uint64_t>()),
      task(load_task(job, artefacts)),
      backbone(load_backbone(job, artefacts)),
      form(template_of(job.settings)),
      soft_tokens(plan_soft_tokens(form, *task, *backbone.vocabulary)),
      method(make_method(job, backbone.model, seed, soft_tokens)),
      maker{*task, form, *backbone.vocabulary, soft_tokens, backbone.model.config().vocab_size,
            settings.max_source_length, settings.max_target_length},
      subset(subset_for(job, *task, settings.validation_examples)),
      validation(validation_rows(maker, subset)),
      batches(training_rows(maker, subset), {settings.batch_size, settings.batch_tokens},
              derive_seed(seed, "order")) {
  learner.team = team;
  learner.model = &backbone.model;
  learner.tuning = method.get();
  learner.optimizer_settings = settings.optimizer;
  learner.options = settings.options;
  learner.steps = resolve_steps(settings.steps, batches.batches_per_epoch());
  learner.dropout = settings.dropout;
  learner.seed = seed;
  learner.next_batch = [this](int64_t) { return batches.next(); };
  const int64_t stride = std::max<int64_t>(1, learner.steps / std::max<int64_t>(1, settings.evaluations));
  learner.after_step = [this, stride](Learner& running, int64_t step) {
    if (!writes_for(running.team) || validation.empty() || step % stride != 0) return;
    const AveragedWeights averaged(running.average.get());
    add_validation_point(step);
  };
}

void TuneCell::add_validation_point(int64_t step) {
  validation_loss.steps.push_back(step);
  validation_loss.values.push_back(
      mean_loss(backbone.model, *method, validation, settings.batch_size * 4));
}

void fail(Record& record, const std::string& reason) {
  record.status = RunStatus::failed;
  record.reason = reason;
}

void keep_model(const TuneCell& cell, const std::filesystem::path& target) {
  publish_folder(target, [&](const std::filesystem::path& folder) {
    cell.method->save(folder);
    cell.backbone.vocabulary->save(folder);
  });
}

void finish(TuneCell& cell, const Job& job, const Artefacts& artefacts, Record& record) {
  record.curves["train_loss"] = cell.learner.train_loss;
  record.cost = cell.learner.cost;
  if (const Json notes = cell.method->notes(); !notes.empty()) record.provenance["tuning"] = notes;
  if (!cell.learner.failure.empty()) return fail(record, cell.learner.failure);
  if (!cell.validation_loss.steps.empty()) record.curves["validation_loss"] = cell.validation_loss;
  if (cell.settings.keep_model) keep_model(cell, artefacts.model_folder(job.key));
  evaluate(cell.backbone.model, *cell.method, cell.maker,
           job.settings.at("evaluate").get<EvaluateSettings>(), record);
  record.metrics["train_heads"] = static_cast<double>(cell.subset.heads.size());
}

// Runs one cell's part of the work; whatever goes wrong there is that cell's alone.
template <typename Work>
void guarded(Record& record, Work work) {
  try {
    work();
  } catch (const Interrupted&) {
    throw;
  } catch (const std::exception& error) {
    fail(record, error.what());
  }
}

}  // namespace

Backbone load_backbone(const Job& job, Artefacts& artefacts) {
  const auto objective = job.settings.at("objective").get<ChoiceSettings>();
  if (objective.name == "none") {
    const auto vocabulary = artefacts.vocabulary(artefacts.folder(job.input_keys.at(0)));
    const T5Config config = config_for(job.settings.at("model"), *vocabulary);
    const auto seed = job.settings.at("seed").get<uint64_t>();
    return {vocabulary, T5Model(config, clone_weights(config, random_weights(config, seed), artefacts.device()))};
  }
  const std::filesystem::path folder = objective.name == "checkpoint"
                                           ? job.locations.at("checkpoint").get<std::string>()
                                           : artefacts.folder(job.input_keys.at(1)).string();
  const auto checkpoint = artefacts.checkpoint(folder);
  return {artefacts.vocabulary(folder),
          T5Model(checkpoint->config, clone_weights(checkpoint->config, checkpoint->weights, artefacts.device()))};
}

std::shared_ptr<const TaskData> load_task(const Job& job, Artefacts& artefacts) {
  const Json& task = job.settings.at("task");
  const std::string name = job.locations.value("task", task.at("name").get<std::string>());
  return artefacts.task(name, task.at("fingerprint").get<std::string>());
}

Subset subset_for(const Job& job, const TaskData& task, int64_t validation_examples) {
  const auto size = job.settings.at("train_size").get<TrainSizeSettings>();
  return choose_subset(task, size.heads, size.tails, size.fraction, validation_examples,
                       job.settings.at("seed").get<uint64_t>());
}

void run_tune(std::span<const Job> group, Artefacts& artefacts, GradientTeam* team,
              std::span<Record> records) {
  std::vector<std::unique_ptr<TuneCell>> cells(group.size());
  std::vector<Learner> learners;
  std::vector<size_t> owners;
  for (size_t i = 0; i < group.size(); ++i) {
    guarded(records[i], [&] {
      cells[i] = std::make_unique<TuneCell>(group[i], artefacts, team);
      learners.push_back(std::move(cells[i]->learner));
      owners.push_back(i);
    });
  }
  train(learners);
  for (size_t i = 0; i < learners.size(); ++i) {
    const size_t owner = owners[i];
    cells[owner]->learner = std::move(learners[i]);
    guarded(records[owner], [&] {
      if (writes_for(team)) return finish(*cells[owner], group[owner], artefacts, records[owner]);
      if (!cells[owner]->learner.failure.empty()) fail(records[owner], cells[owner]->learner.failure);
    });
  }
}

}  // namespace dovetail
