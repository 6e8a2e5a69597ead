// SPDX-License-Identifier: Apache-2.0
#include "jobs/held_out_loss.h"

#include <algorithm>

#include "base/error.h"
#include "base/file.h"
#include "base/log.h"
#include "jobs/evaluate.h"
#include "training/weight_average.h"

namespace dovetail {

namespace fs = std::filesystem;

std::vector<Sequence> rows_of_documents(const Documents& documents, const Vocabulary& vocabulary,
                                        const ChoiceSettings& objective, PretrainSettings settings,
                                        RowTexts texts) {
  if (documents.tokens < 2 * settings.sequence_length) {
    throw_<DataError>(
        "held_out = {}: these documents have {} tokens, fewer than two rows of {}: hold out more",
        documents.count, documents.tokens, settings.sequence_length);
  }
  settings.seed = 0;
  settings.pack_pairs = false;
  TextRows rows(documents, vocabulary, objective, settings, texts);
  std::vector<Sequence> sequences;
  int64_t text = 0;
  const auto is_read = [&] {
    return settings.pack_sequences ? text >= documents.tokens
                                   : std::ssize(sequences) >= documents.count;
  };
  while (!is_read()) {
    TextRow row = rows.next();
    text += row.examples.front().text;
    sequences.push_back(std::move(row.sequence));
  }
  return sequences;
}

HeldOutLoss::HeldOutLoss(const Documents& documents, const Vocabulary& vocabulary,
                         const ChoiceSettings& objective, const PretrainSettings& settings,
                         fs::path file, RowTexts texts)
    : batch_size_(rows_per_batch(settings)),
      points_(settings.held_out_points),
      file_(std::move(file)) {
  rows_ = rows_of_documents(documents, vocabulary, objective, settings, texts);
}

void HeldOutLoss::restore(int64_t step) {
  if (!fs::exists(file_)) return;
  try {
    const auto saved = Json::parse(read_file(file_)).get<Curve>();
    for (size_t i = 0; i < saved.steps.size() && saved.steps[i] <= step; ++i) {
      curve_.steps.push_back(saved.steps[i]);
      curve_.values.push_back(saved.values.at(i));
    }
  } catch (const std::exception& error) {  // the points are lost, and the run is not
    log_warning("{}: {}; the curve of the held-out loss begins anew", file_.string(), error.what());
    curve_ = {};
  }
}

void HeldOutLoss::add_point(const TrainingTask& task, int64_t step) {
  curve_.steps.push_back(step);
  // single precision, as the training's curve
  curve_.values.push_back(
      static_cast<float>(mean_loss({*task.model, *task.tuning, rows_, batch_size_})));
}

void HeldOutLoss::after_step(const TrainingRun& run, int64_t step) {
  const int64_t stride = std::max<int64_t>(1, run.task.steps / std::max<int64_t>(1, points_));
  if (points_ == 0 || step % stride != 0 || step == run.task.steps) return;
  const AveragedWeights averaged(run.state.average.get());
  add_point(run.task, step);
  write_file_atomically(file_, Json(curve_).dump());
}

void HeldOutLoss::finish(const TrainingTask& task) {
  add_point(task, task.steps);
  std::error_code ignored;
  fs::remove(file_, ignored);
}

}  // namespace dovetail
