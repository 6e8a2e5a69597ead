// SPDX-License-Identifier: Apache-2.0
#include "jobs/periodic_saver.h"

#include "base/file.h"
#include "model/checkpoints/checkpoint.h"
#include "training/saved_state.h"

namespace dovetail {

void PeriodicSaver::operator()(Learner& learner, int64_t step) {
  const bool curve_point =
      !learner.train_loss.steps.empty() && learner.train_loss.steps.back() == step;
  const auto now = std::chrono::steady_clock::now();
  if (!curve_point || step == learner.steps ||
      std::chrono::duration<double>(now - last_).count() < seconds_) {
    return;
  }
  last_ = now;
  const double so_far =
      learner.cost.wall_seconds + std::chrono::duration<double>(now - start_).count();
  save_state(learner, step, so_far, file_);
}

void publish_checkpoint(const std::filesystem::path& target, const T5Model& model,
                        const Vocabulary& vocabulary) {
  publish_folder(target, [&](const std::filesystem::path& folder) {
    save_checkpoint(folder, model.config(), model.weights());
    vocabulary.save(folder);
  });
}

}  // namespace dovetail
