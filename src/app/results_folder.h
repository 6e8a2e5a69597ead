// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <set>
#include <string>

#include "plan/plan.h"
#include "plan/record.h"

namespace dovetail {

// A results folder holds sweep.toml and plan.json (the request), history/ (earlier ones: a sweep
// may grow in its folder), journal/ (the finished jobs), results.h5 and report/ (derived from
// them), artefacts/ and logs/. The journal's folder with its lock comes first, so that a folder
// in its first instant is told from anybody else's.

// Throws ConfigError if `folder` is not empty and no results folder, not even one that another
// process has just begun. Writes nothing.
void check_is_ours(const std::filesystem::path& folder);

// Throws ConfigError if the folder's plan is of another sweep, or if a finished cell of it would
// change or go away under `plan`. `store`: as given with --store, or "". Writes nothing.
void check_keeps_results(const std::filesystem::path& folder, const Plan& plan,
                         const std::map<std::string, Record>& records,
                         const std::filesystem::path& store);

// The finished jobs that have to run again, because a job that is still to run needs their artefact
// and it is damaged: such artefacts are set aside. Throws ConfigError if one is missing.
std::set<std::string> jobs_to_repeat(const std::filesystem::path& store, const Plan& plan,
                                     const std::map<std::string, Record>& records,
                                     const std::filesystem::path& folder);

// Makes `plan` the plan of the folder: writes plan.json and sweep.toml. Those of another text go to
// the history, and a line on standard error says what is new. At any time of death, the folder has
// one of the two plans as a whole.
void fill_results_folder(const std::filesystem::path& folder, const Plan& plan);

}  // namespace dovetail
