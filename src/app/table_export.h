// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

namespace dovetail {

// Writes the table of cells (/cells of results.h5) of a results folder, also of an unfinished run,
// to a file of its suffix: .csv, .parquet, or .h5, which holds all other groups too. Numbers that
// are missing, or infinite, are empty or null; statuses are words. Throws ConfigError for another
// suffix or a folder that is none, DataError where this Dovetail writes no Parquet.
void export_table(const std::filesystem::path& results_folder, const std::filesystem::path& to);

}  // namespace dovetail
