// SPDX-License-Identifier: Apache-2.0
#include "jobs/tune.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <optional>

#include "base/checksum.h"
#include "base/run_guarded.h"
#include "jobs/adapter_base.h"
#include "jobs/evaluate.h"
#include "jobs/group_test.h"
#include "jobs/job_pool.h"
#include "jobs/pool_adaptation.h"
#include "jobs/pool_labels.h"
#include "jobs/rate_search.h"
#include "jobs/training_subset.h"
#include "jobs/tune_cell.h"
#include "training/learning_rate.h"
#include "tuning/adapter_config.h"

namespace dovetail {

namespace {

void fail(Record& record, const std::string& reason) {
  record.status = RunStatus::failed;
  record.reason = reason;
}

void keep_model(const TuneCell& cell, const std::filesystem::path& target) {
  publish_checked_folder(target, [&](const std::filesystem::path& folder) {
    cell.method->save(folder);
    cell.backbone.vocabulary->save(folder);
    if (is_adapter(folder))
      write_adapter_base(folder, cell.backbone.model, *cell.backbone.vocabulary);
  });
}

// The schedule as it ran, and what validation chose of it.
void describe_training(const TuneCell& cell, Record& record) {
  Json& schedule = record.provenance["schedule"];
  schedule = effective_schedule(cell.training.optimizer, cell.training.steps);
  schedule["batches_per_epoch"] = cell.batches.batches_per_epoch();
  schedule["dropout"] = cell.training.dropout;
  if (!cell.settings.choice.any()) return;
  schedule["metric_for_best_model"] = cell.settings.choice.metric;
  if (!cell.settings.choice.best_checkpoint) return;
  schedule["best_step"] = cell.best.step();
  schedule["stopped_early"] = cell.state.stopped;
}

void count_examples(const TuneCell& cell, RowCounts counts, Record& record) {
  record.metrics["targets_cut"] = static_cast<double>(counts.cut_targets);
  record.metrics["sources_cut"] = static_cast<double>(counts.cut_sources);
  record.metrics["train_examples"] = static_cast<double>(cell.subset.examples.size());
  record.metrics["epochs"] = static_cast<double>(cell.outcome.cost.train_steps) /
                             static_cast<double>(cell.batches.batches_per_epoch());
  for (const auto& [kind, name] : {std::pair{TokenKind::chat_template, "train_template_tokens"},
                                   {TokenKind::instruction, "train_instruction_tokens"},
                                   {TokenKind::output, "train_output_tokens"}}) {
    if (cell.tmpl.chat)
      record.metrics[name] = static_cast<double>(cell.trained.kinds[static_cast<size_t>(kind)]);
  }
  if (cell.tmpl.chat) record.metrics["output_share"] = cell.output_share;
  if (!cell.validation.empty())
    record.metrics["validation_examples"] = static_cast<double>(cell.subset.validation.size());
  if (!cell.settings.choice.learning_rates.empty())
    record.metrics["learning_rate"] = cell.training.optimizer.learning_rate;
}

// Labels a pool with the cell as it is tuned, and leaves the labels for adaptations.
void label_pool(TuneCell& cell, const Job& job, Artefacts& artefacts, Record& record) {
  const TuneJob& settings = settings_of<TuneJob>(job);
  const Pool pool =
      pool_of_job(job, *cell.task, settings.task, settings.labelling->pool, cell.subset);
  check_label_pieces(cell.encoder, pool.examples.front(), settings.labelling->long_labels);
  const std::vector<PseudoLabel> labels = predict_labels(cell.context(), pool.examples);
  std::vector<int64_t> indices;
  double probability = 0;
  for (const PseudoLabel& given : labels) {
    indices.push_back(given.label);
    probability += given.probability / static_cast<double>(labels.size());
  }
  record.metrics["pseudo_labels"] = static_cast<double>(labels.size());
  record.metrics["pseudo_label_probability"] = probability;
  const double accuracy = label_accuracy(indices, pool.answers);
  if (!std::isnan(accuracy)) record.metrics["pseudo_label_accuracy"] = accuracy;
  publish_checked_folder(artefacts.labels_folder(job.key), [&](const auto& folder) {
    write_labels(folder / kPoolLabelsFile, *cell.task, labels);
  });
}

// `tested` are the counts of the cell's test, if it has been tested with others.
void finish(TuneCell& cell, const Job& job, Artefacts& artefacts,
            const std::optional<RowCounts>& tested, Record& record) {
  record.curves["train_loss"] = cell.outcome.train_loss;
  record.cost = cell.outcome.cost;
  record.cost.train_steps += cell.searched.train_steps;
  record.cost.train_tokens += cell.searched.train_tokens;
  describe_training(cell, record);
  if (const Json notes = cell.method->notes(); !notes.empty()) record.provenance["tuning"] = notes;
  if (!cell.outcome.failure.empty()) return fail(record, cell.outcome.failure);
  if (!cell.validation_loss.steps.empty()) record.curves["validation_loss"] = cell.validation_loss;
  if (!cell.validation_metric.steps.empty())
    record.curves["validation_" + cell.settings.choice.metric] = cell.validation_metric;
  if (!tested) cell.record_validation(record);
  if (cell.settings.keep_model) keep_model(cell, artefacts.model_folder(job.key));
  RowCounts counts = cell.counts;
  counts += tested ? *tested
                   : evaluate(cell.backbone.model, *cell.method, cell.encoder, cell.evaluate,
                              record, cell.training_outputs.get());
  count_examples(cell, counts, record);
  cell.side_losses->record(cell, record.metrics);
  if (settings_of<TuneJob>(job).labelling) label_pool(cell, job, artefacts, record);
  if (cell.self_training) cell.self_training->describe(record);
  repeat_pool_metrics(job, artefacts, record);
}

// Runs one cell's part of the work; its failure goes into the cell's record.
template <typename Work>
void run_for(Record& record, Work work) {
  const std::string failure = run_guarded(work);
  if (!failure.empty()) fail(record, failure);
}

}  // namespace

void run_tune(std::span<const Job> group, Artefacts& artefacts, GradientAllReduce* all_reduce,
              std::span<Record> records, const TuneEvents& events) {
  std::vector<std::unique_ptr<TuneCell>> cells(group.size());
  std::vector<TuneCell*> untrained;
  for (size_t i = 0; i < group.size(); ++i) {
    run_for(records[i], [&] {
      const TuneJob& cell = settings_of<TuneJob>(group[i]);
      if (!cell.tune.choice.learning_rates.empty()) {
        cells[i] = search_rates(group[i], cell, artefacts, all_reduce, records[i]);
      } else {
        cells[i] = std::make_unique<TuneCell>(
            group[i], cell, load_task(group[i], cell.task, artefacts), artefacts, all_reduce);
        untrained.push_back(cells[i].get());
      }
    });
  }
  train_together(untrained);
  for (size_t i = 0; i < group.size(); ++i) {
    if (cells[i]) run_for(records[i], [&] { cells[i]->restore_best(); });
    if (records[i].status == RunStatus::failed) cells[i].reset();
  }
  std::vector<std::optional<RowCounts>> tested(group.size());
  if (writes_results(all_reduce)) tested = test_together(cells, records);
  events.on_shared();
  for (size_t i = 0; i < group.size(); ++i) {
    if (cells[i]) {
      run_for(records[i], [&] {
        if (writes_results(all_reduce))
          return finish(*cells[i], group[i], artefacts, tested[i], records[i]);
        if (!cells[i]->outcome.failure.empty()) fail(records[i], cells[i]->outcome.failure);
      });
      cells[i].reset();
    }
    events.on_done(i);
  }
}

}  // namespace dovetail
