// SPDX-License-Identifier: Apache-2.0
#include "jobs/tune.h"

#include <algorithm>
#include <memory>

#include "base/checksum.h"
#include "base/run_guarded.h"
#include "jobs/adapter_base.h"
#include "jobs/evaluate.h"
#include "jobs/training_subset.h"
#include "jobs/tune_cell.h"
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

void finish(TuneCell& cell, const Job& job, const Artefacts& artefacts, Record& record) {
  record.curves["train_loss"] = cell.outcome.train_loss;
  record.cost = cell.outcome.cost;
  if (const Json notes = cell.method->notes(); !notes.empty()) record.provenance["tuning"] = notes;
  if (!cell.outcome.failure.empty()) return fail(record, cell.outcome.failure);
  if (!cell.validation_loss.steps.empty()) record.curves["validation_loss"] = cell.validation_loss;
  if (cell.settings.keep_model) keep_model(cell, artefacts.model_folder(job.key));
  RowCounts counts = cell.counts;
  counts += evaluate(cell.backbone.model, *cell.method, cell.encoder,
                     settings_of<TuneJob>(job).evaluate, record);
  record.metrics["targets_cut"] = static_cast<double>(counts.cut_targets);
  record.metrics["sources_cut"] = static_cast<double>(counts.cut_sources);
  record.metrics["train_examples"] = static_cast<double>(cell.subset.examples.size());
}

// Runs one cell's part of the work; its failure goes into the cell's record.
template <typename Work>
void run_for(Record& record, Work work) {
  const std::string failure = run_guarded(work);
  if (!failure.empty()) fail(record, failure);
}

}  // namespace

void run_tune(std::span<const Job> group, Artefacts& artefacts, GradientAllReduce* all_reduce,
              std::span<Record> records) {
  std::vector<std::unique_ptr<TuneCell>> cells(group.size());
  std::vector<TrainingRun> runs;
  std::vector<size_t> owners;
  for (size_t i = 0; i < group.size(); ++i) {
    run_for(records[i], [&] {
      const TuneJob& cell = settings_of<TuneJob>(group[i]);
      cells[i] = std::make_unique<TuneCell>(
          group[i], cell, load_task(group[i], cell.task, artefacts), artefacts, all_reduce);
      runs.push_back({cells[i]->training, cells[i]->state, cells[i]->outcome});
      owners.push_back(i);
    });
  }
  train(runs);
  for (const size_t owner : owners) {
    run_for(records[owner], [&] {
      if (writes_results(all_reduce))
        return finish(*cells[owner], group[owner], artefacts, records[owner]);
      if (!cells[owner]->outcome.failure.empty())
        fail(records[owner], cells[owner]->outcome.failure);
    });
  }
}

}  // namespace dovetail
