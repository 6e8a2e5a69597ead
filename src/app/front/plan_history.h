// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "plan/plan_change.h"

namespace dovetail {

// The earlier sweeps of a results folder whose sweep file was changed. DIR/history/N holds the
// sweep.toml and plan.json that were replaced, and change.json: when, and by what. N counts from 1.
//
// write_plan() comes after keep_in_history(). A process that dies between the two leaves an entry
// of the plan that still holds; remove_unfinished_history() removes it.
void keep_in_history(const std::filesystem::path& folder, const PlanChange& change,
                     size_t num_cells_before, size_t num_cells_after);
void remove_unfinished_history(const std::filesystem::path& folder);

// A line for each entry: "2026-11-29 03:10 UTC: seed 3, 4; 12 new cells".
std::vector<std::string> history_lines(const std::filesystem::path& folder);

}  // namespace dovetail
