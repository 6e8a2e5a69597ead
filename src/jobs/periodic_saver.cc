// SPDX-License-Identifier: Apache-2.0
#include "jobs/periodic_saver.h"

#include "base/checksum.h"
#include "base/log.h"
#include "base/machine_failure.h"
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
  try {
    save_state(run, step, so_far, file_);
  } catch (const MachineFailure& failure) {
    // the job needs it only after an interruption, and may still end well
    log_warning("the state of an unfinished job was not saved: {}", failure.what());
  }
}

void restore_if_saved(const TrainingRun& run, const std::filesystem::path& file) {
  if (!std::filesystem::exists(file)) return;
  try {
    restore_state(run, file);
  } catch (const DataError& error) {
    log_warning("{}. The job begins anew", error.what());
  }
}

void publish_checkpoint(const std::filesystem::path& target, const T5Model& model,
                        const Vocabulary& vocabulary,
                        const std::function<void(const std::filesystem::path&)>& add_files) {
  publish_checked_folder(target, [&](const std::filesystem::path& folder) {
    save_checkpoint(folder, model.config(), model.weights());
    vocabulary.save(folder);
    if (add_files) add_files(folder);
  });
}

}  // namespace dovetail
