// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "training/training_loop.h"

namespace dovetail {

// Saves weights, optimizer state, average, curve, counts and step of a training run in one file, so
// that they always agree; and restores them. The run's state must be prepared (see prepare) in
// both. A resumed run ends with the same weights, bit for bit, on the same number of threads.
// Throws SystemError for a file that cannot be written or read. restore_state throws DataError for
// a file that is damaged or of another run; nothing is restored then.
void save_state(const TrainingRun& run, int64_t step, double wall_seconds,
                const std::filesystem::path& file);
void restore_state(const TrainingRun& run, const std::filesystem::path& file);

}  // namespace dovetail
