// SPDX-License-Identifier: Apache-2.0
#include "jobs/tune.h"

#include <algorithm>
#include <memory>

#include "base/error.h"
#include "base/file.h"
#include "jobs/evaluate.h"
#include "jobs/tune_cell.h"

namespace dovetail {

namespace {

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
  record.curves["train_loss"] = cell.outcome.train_loss;
  record.cost = cell.outcome.cost;
  if (const Json notes = cell.method->notes(); !notes.empty()) record.provenance["tuning"] = notes;
  if (!cell.outcome.failure.empty()) return fail(record, cell.outcome.failure);
  if (!cell.validation_loss.steps.empty()) record.curves["validation_loss"] = cell.validation_loss;
  if (cell.settings.keep_model) keep_model(cell, artefacts.model_folder(job.key));
  evaluate(cell.backbone.model, *cell.method, cell.maker,
           job.settings.at("evaluate").get<EvaluateSettings>(), record);
  record.metrics["targets_cut"] = static_cast<double>(cell.maker.counts.cut_targets);
  record.metrics["sources_cut"] = static_cast<double>(cell.maker.counts.cut_sources);
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

void run_tune(std::span<const Job> group, Artefacts& artefacts, GradientAllReduce* team,
              std::span<Record> records) {
  std::vector<std::unique_ptr<TuneCell>> cells(group.size());
  std::vector<TrainingRun> runs;
  std::vector<size_t> owners;
  for (size_t i = 0; i < group.size(); ++i) {
    guarded(records[i], [&] {
      cells[i] = std::make_unique<TuneCell>(group[i], artefacts, team);
      runs.push_back({cells[i]->training, cells[i]->state, cells[i]->outcome});
      owners.push_back(i);
    });
  }
  train(runs);
  for (const size_t owner : owners) {
    guarded(records[owner], [&] {
      if (writes_results(team))
        return finish(*cells[owner], group[owner], artefacts, records[owner]);
      if (!cells[owner]->outcome.failure.empty())
        fail(records[owner], cells[owner]->outcome.failure);
    });
  }
}

}  // namespace dovetail
