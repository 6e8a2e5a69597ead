// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <filesystem>

#include "text/vocabulary.h"
#include "training/training_loop.h"

namespace dovetail {

// Saves a long job's state every `seconds`, at steps that have just completed a value of the curve.
class PeriodicSaver {
 public:
  PeriodicSaver(std::filesystem::path file, double seconds)
      : file_(std::move(file)), seconds_(seconds) {}
  void operator()(const TrainingRun& run, int64_t step);

 private:
  std::filesystem::path file_;
  double seconds_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  std::chrono::steady_clock::time_point last_ = start_;
};

// Restores the state that an interrupted job left in `file`, if there is one. A damaged one is not
// used: the job begins anew.
void restore_if_saved(const TrainingRun& run, const std::filesystem::path& file);

// A model and its vocabulary as a folder in the Hugging Face layout. `add_files` writes what else
// the folder is to hold.
void publish_checkpoint(const std::filesystem::path& target, const T5Model& model,
                        const Vocabulary& vocabulary,
                        const std::function<void(const std::filesystem::path&)>& add_files = {});

}  // namespace dovetail
