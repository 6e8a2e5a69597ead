// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "plan/plan.h"
#include "plan/record.h"

namespace dovetail {

// A results folder holds sweep.toml and plan.json (what was asked), journal/ (what is finished),
// results.h5 and report/ (derived from them), artefacts/ and logs/.

// Throws ConfigError when `folder` holds something other than results of this very sweep.
// Writes nothing.
void check_results_folder(const std::filesystem::path& folder, const Plan& plan);

// Throws ConfigError when the journal counts a checkpoint or vocabulary as made, jobs that are
// still to run need it, and `store` does not have it.
void check_store(const std::filesystem::path& store, const Plan& plan,
                 const std::map<std::string, Record>& records);

// plan.json and sweep.toml, where they are not there yet; claims that changed since enter
// plan.json.
void fill_results_folder(const std::filesystem::path& folder, const Plan& plan);

// Throws ConfigError when `folder` is not one that `dovetail run` made.
void check_is_results_folder(const std::filesystem::path& folder);
// Its plan, after that check.
Plan plan_of_results(const std::filesystem::path& folder);

}  // namespace dovetail
