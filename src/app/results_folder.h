// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "plan/plan.h"
#include "plan/record.h"

namespace dovetail {

// A results folder holds sweep.toml and plan.json (the request), journal/ (the finished jobs),
// results.h5 and report/ (derived from them), artefacts/ and logs/.

// Throws ConfigError if `folder` holds anything but results of this very sweep. Writes nothing.
void check_results_folder(const std::filesystem::path& folder, const Plan& plan);

// Throws ConfigError if a job that is still to run needs the artefact of a finished job and `store`
// does not have it.
void check_store(const std::filesystem::path& store, const Plan& plan,
                 const std::map<std::string, Record>& records);

// Writes plan.json and sweep.toml if they are missing, and updates the claims in plan.json.
void fill_results_folder(const std::filesystem::path& folder, const Plan& plan);

// Throws ConfigError if `dovetail run` has not made `folder`.
void check_is_results_folder(const std::filesystem::path& folder);
// The plan of a results folder, after that check.
Plan plan_of_results(const std::filesystem::path& folder);

}  // namespace dovetail
