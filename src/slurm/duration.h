// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace dovetail {

// Slurm's ways to write a duration (sbatch(1), --time): "30" (minutes), "30:00", "2:30:00", "1-12",
// "1-12:30" and "1-12:30:00". Nothing for other texts, such as "UNLIMITED".
std::optional<int64_t> seconds_of_duration(const std::string& text);

}  // namespace dovetail
