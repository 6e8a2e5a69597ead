// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "sweep/plan.h"

namespace dovetail {

// A results folder holds sweep.toml and plan.json (what was asked), journal/ (what is finished),
// results.h5 and report/ (derived from them), artefacts/ and logs/.

// Throws ConfigError when `folder` holds something other than results of this very sweep.
// Writes nothing.
void check_results_folder(const std::filesystem::path& folder, const Plan& plan);

// plan.json and sweep.toml, where they are not there yet.
void fill_results_folder(const std::filesystem::path& folder, const Plan& plan);

// The plan of a folder that `dovetail run` made; ConfigError for any other.
Plan plan_of_results(const std::filesystem::path& folder);

}  // namespace dovetail
