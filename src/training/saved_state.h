// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "training/learner.h"

namespace dovetail {

// Weights, optimizer state, average, curve, counts and step of a learner in one file, so that they
// can never disagree. `learner` is prepared (see prepare) in both; training then goes on to the
// very same weights, bit for bit, at the same number of threads.
void save_state(Learner& learner, int64_t step, double wall_seconds,
                const std::filesystem::path& file);
void restore_state(Learner& learner, const std::filesystem::path& file);

}  // namespace dovetail
