// SPDX-License-Identifier: Apache-2.0
#include "jobs/periodic_saver.h"

#include "base/file.h"
#include "model/checkpoints/checkpoint.h"
#include "training/saved_state.h"

namespace dovetail {

void PeriodicSaver::operator()(const TrainingRun& run, int64_t step) {
  const std::vector<int64_t>& curve_steps = run.outcome.train_loss.steps;
  const bool curve_point = !curve_steps.empty() && curve_steps.back() == step;
  const auto now = std::chrono::steady_clock::now();
  if (!curve_point || step == run.task.steps ||
      std::chrono::duration<double>(now - last_).count() < seconds_) {
    return;
  }
  last_ = now;
  const double so_far =
      run.outcome.cost.wall_seconds + std::chrono::duration<double>(now - start_).count();
  save_state(run, step, so_far, file_);
}

void publish_checkpoint(const std::filesystem::path& target, const T5Model& model,
                        const Vocabulary& vocabulary) {
  publish_folder(target, [&](const std::filesystem::path& folder) {
    save_checkpoint(folder, model.config(), model.weights());
    vocabulary.save(folder);
  });
}

}  // namespace dovetail
