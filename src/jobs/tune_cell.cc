// SPDX-License-Identifier: Apache-2.0
#include "jobs/tune_cell.h"

#include <algorithm>

#include "base/error.h"
#include "base/random.h"
#include "base/run_guarded.h"
#include "jobs/evaluate.h"
#include "jobs/instruction_rows.h"
#include "jobs/job_pool.h"
#include "jobs/training_subset.h"
#include "tuning/label_reader.h"

namespace dovetail {

namespace {

std::unique_ptr<TuningMethod> make_method(const Job& job, const TuneJob& cell, T5Model& model,
                                          uint64_t seed, const SoftTokenPlan& soft_tokens) {
  const Tuning& tuning = find_tuning(cell.tuning.name);
  Json parameters = tuning_parameters(cell.tuning, cell.tune);
  const Json& folders = job.locations.adapters;  // of which the settings have the content
  if (!folders.empty()) parameters.update(folders);
  return tuning.make(model, parameters, seed, soft_tokens);
}

std::unique_ptr<const T5Model> base_of(const TuneJob& cell, const T5Model& model) {
  if (!cell.instruction_modelling || cell.instruction_modelling->at("kl_weight") == 0) return {};
  return std::make_unique<const T5Model>(
      model.config(), clone_weights(model.config(), model.weights(), model.device()));
}

std::unique_ptr<const TrainingOutputs> outputs_for(const EvaluateSettings& evaluate,
                                                   const TaskData& task, const Subset& subset) {
  const std::vector<Evidence> needed = needed_evidence(evaluate.metrics);
  if (std::ranges::find(needed, Evidence::training_outputs) == needed.end()) return {};
  std::vector<std::string> outputs;
  for (const auto& [example, reference] : training_pairs(task, subset))
    outputs.push_back(*reference);
  return std::make_unique<const TrainingOutputs>(outputs);
}

constexpr const char* kLoss = "loss";

// The targets of the task's labels; the text of an example changes none.
std::vector<std::vector<int32_t>> label_targets(const ExampleEncoder& encoder) {
  const TaskData& task = encoder.task();
  if (task.labels.empty()) throw_<ConfigError>("{} has no labels to choose among", task.name);
  std::vector<std::vector<int32_t>> targets;
  for (const std::string& label : task.labels)
    targets.push_back(encoder.row(task.train.at(0), label).sequence.target);
  return targets;
}

// The rows, with their counts added to `counts`.
std::vector<Sequence> counted(EncodedRows encoded, RowCounts& counts) {
  counts += encoded.counts;
  return std::move(encoded.rows);
}

}  // namespace

Json tuning_parameters(const ChoiceSettings& choice, const TuneSettings& tune) {
  Json parameters = choice.parameters;
  if (!parameters.contains("max_source_length")) return parameters;
  const auto positions = parameters["max_source_length"].get<int64_t>();
  if (positions > 0 && positions < tune.max_source_length) {
    throw_<ConfigError>(
        "{}: max_source_length = {} positions, and sources of the cell have up to {} tokens "
        "(max_source_length of [tune]); set it to {}, or to 0 for as many",
        choice.name, positions, tune.max_source_length, tune.max_source_length);
  }
  if (positions == 0) parameters["max_source_length"] = tune.max_source_length;
  return parameters;
}

bool keeps_weights(const ChoiceSettings& choice) {
  const TuningEntry& entry = find_tuning(choice.name).entry;
  return entry.keeps_weights &&
         entry.keeps_weights(resolve_parameters(entry.name, entry.parameters, choice.parameters));
}

TuneCell::TuneCell(const Job& job, const TuneJob& cell, std::shared_ptr<const TaskData> data,
                   Artefacts& artefacts, GradientAllReduce* all_reduce)
    : settings(cell.tune),
      evaluate(cell.evaluate),
      seed(cell.seed),
      task(std::move(data)),
      backbone(load_backbone(job, cell.start, cell.seed_of(&SeedParts::initialization),
                             keeps_weights(cell.tuning), artefacts)),
      base(base_of(cell, backbone.model)),
      tmpl(template_for(cell.tmpl, cell.tuning)),
      soft_tokens(plan_soft_tokens(tmpl, *task, *backbone.vocabulary)),
      method(make_method(job, cell, backbone.model, cell.seed_of(&SeedParts::initialization),
                         soft_tokens)),
      encoder(*task, tmpl, *backbone.vocabulary, soft_tokens, backbone.model.config().vocab_size,
              {settings.max_source_length, settings.max_target_length,
               row_texts(backbone.model.config())}),
      subset(training_subset(*task, cell.train_size, cell.seed_of(&SeedParts::subset),
                             settings.validation_examples)),
      training_outputs(outputs_for(evaluate, *task, subset)),
      validation(counted(validation_rows(encoder, subset), counts)),
      batches(make_batches(cell)) {
  if (LabelReader* reader = method->label_reader()) reader->set_labels(label_targets(encoder));
  training = {.model = &backbone.model,
              .tuning = method.get(),
              .optimizer = settings.optimizer,
              .options = settings.options,
              .steps = resolve_steps(settings.steps, batches.batches_per_epoch()),
              .dropout = settings.dropout,
              .seed = cell.seed_of(&SeedParts::dropout),
              .base = base.get(),
              .group = all_reduce};
  if (cell.instruction_modelling)
    training.neftune_alpha = cell.instruction_modelling->at("neftune_alpha");
  training.next_batch = [this](int64_t) { return batches.next(); };
  const bool outputs_may_be_kept = !cell.self_training && settings.options.precision == "float32" &&
                                   !backbone.model.config().is_causal();
  if (outputs_may_be_kept) training.encoder_outputs = &encoder_outputs;
  if (cell.self_training) train_on_pool(job, cell);
  if (writes_results(all_reduce))
    side_losses = std::make_unique<SideLosses>(job, cell, *this, artefacts);
  training.after_step = [this](const TrainingRun&, int64_t step) {
    if (is_watched_after(step)) watch(step);
  };
}

bool TuneCell::is_watched_after(int64_t step) const {
  if (validation.empty() || step > training.steps || state.stopped || !outcome.failure.empty())
    return false;
  const int64_t stride =
      std::max<int64_t>(1, training.steps / std::max<int64_t>(1, settings.evaluations));
  return step % stride == 0 || (step == training.steps && settings.choice.best_checkpoint);
}

LossRows TuneCell::loss_rows() {
  return {backbone.model, *method, validation, settings.batch_size * 4, training.encoder_outputs};
}

EpochBatches TuneCell::make_batches(const TuneJob& cell) {
  const BatchLimit limit{settings.batch_size, settings.batch_tokens};
  const uint64_t order = cell.seed_of(&SeedParts::order), seed = derive_seed(order, "order");
  const BatchIds ids(backbone.model.config());
  if (!cell.instruction_modelling) {
    EncodedRows encoded = training_rows(encoder, subset);
    trained = encoded.counts;
    counts += trained;
    return {std::move(encoded.rows), limit, seed, ids};
  }
  const auto rows = std::make_shared<const InstructionRows>(
      *cell.instruction_modelling, encoder, subset, derive_seed(order, "instruction"));
  trained = rows->counts();
  counts += trained;
  output_share = rows->epoch(0).output_share;
  return {[rows](int64_t epoch) { return rows->epoch(epoch).rows; }, limit, seed, ids};
}

void TuneCell::train_on_pool(const Job& job, const TuneJob& cell) {
  training.steps += cell.self_training->more_steps;
  self_training = std::make_unique<SelfTrainer>(
      *cell.self_training, pool_of_job(job, *task, cell.task, cell.self_training->pool, subset),
      SelfTrainer::Cell{.context = {backbone.model, *method, encoder},
                        .labelled = subset,
                        .seed = derive_seed(cell.seed_of(&SeedParts::order), "self-training"),
                        .steps = training.steps});
  training.next_batch = [this](int64_t step) {
    return self_training->batch(step, batches.next_rows(), state.average.get(),
                                BatchIds(backbone.model.config()));
  };
}

// A point of the validation curves. The first rank of a group draws it; all see the score.
void TuneCell::watch(int64_t step) {
  const ValidationChoice& choice = settings.choice;
  const ValidationPoint point = rounds ? rounds->point(*this, step) : validation_point();
  if (writes_results(training.group)) {
    validation_loss.steps.push_back(step);
    validation_loss.values.push_back(point.loss);
  }
  if (!point.score) return;
  if (choice.metric != kLoss) {
    validation_metric.steps.push_back(step);
    validation_metric.values.push_back(find_metric(choice.metric).higher_is_better ? *point.score
                                                                                   : -*point.score);
  }
  const AveragedWeights averaged(state.average.get());
  best.offer(state.trained, *point.score, step);
  state.stopped = choice.patience > 0 && best.points_since() >= choice.patience;
}

ValidationPoint TuneCell::validation_point() {
  const AveragedWeights averaged(state.average.get());
  ValidationPoint point;
  if (writes_results(training.group)) point.loss = mean_loss(loss_rows());
  if (!settings.choice.best_checkpoint) return point;
  const bool is_measured = settings.choice.metric == kLoss && !training.group;
  point.score = is_measured ? -point.loss : validation_score();
  return point;
}

bool TuneCell::chooses_by_answers() const {
  return settings.choice.best_checkpoint && settings.choice.metric != kLoss;
}

EvaluateSettings TuneCell::choosing_evaluation() const {
  EvaluateSettings one = evaluate;
  one.metrics = {settings.choice.metric};
  one.also.clear();
  return one;
}

double TuneCell::score_in(const Record& scored) const {
  const std::string& metric = settings.choice.metric;
  const auto found = scored.metrics.find(metric);
  if (found == scored.metrics.end()) {
    throw_<ConfigError>(
        "metric_for_best_model \"{}\" has no evidence on the validation examples of {}: name "
        "another metric, or \"loss\"",
        metric, task->name);
  }
  return find_metric(metric).higher_is_better ? found->second : -found->second;
}

double TuneCell::measured_score() {
  if (settings.choice.metric == kLoss) return -mean_loss(loss_rows());
  Record scored;
  evaluate_on(validation_examples_of(*task, subset), backbone.model, *method, encoder,
              choosing_evaluation(), scored, training_outputs.get());
  return score_in(scored);
}

double TuneCell::validation_score() {
  if (!training.group) return measured_score();
  StepReport mine;
  if (writes_results(training.group))
    mine.failure = run_guarded([&] { mine.loss_sum = measured_score(); });
  const StepReport all = training.group->all_reduce_report(mine);
  if (!all.failure.empty()) throw SystemError(all.failure);
  return all.loss_sum;
}

void TuneCell::restore_best() {
  if (settings.choice.best_checkpoint && best.step() > 0) best.restore(state.trained);
}

void TuneCell::record_validation(Record& record) {
  if (validation.empty()) return;
  validate(validation_examples_of(*task, subset), backbone.model, *method, encoder, evaluate,
           record, training_outputs.get());
}

}  // namespace dovetail
