// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>

#include "driver/driver.h"

namespace dovetail {

// What a run that is going on tells `dovetail status`: OUT/logs/progress.json, a few seconds old.
void write_progress(const std::filesystem::path& out, const Progress& progress);
void remove_progress(const std::filesystem::path& out);

// Nothing when no run is going on, or the last sign of life is older than half a minute.
std::optional<Progress> read_progress(const std::filesystem::path& out);

}  // namespace dovetail
