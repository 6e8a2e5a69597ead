// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

#include "plan/plan.h"
#include "store/plan_index.h"
#include "store/plan_outline.h"

// The plan of a results folder, DIR/plan.json.
//
// Layout 2: {"layout": "dovetail plan 2", "index": ..., "parts": [...], "jobs": [...], "cells":
// [...], ...}. The jobs of a sweep share most of their settings, so each distinct value stands once
// in `parts`, and a job's `settings` and `locations` name it by its number: a tenth of the bytes.
// `input_keys` are left out where they are the keys of the `inputs`. The first line is complete
// with the index (store/plan_index.h). Layout 1 has no `layout`, and all values in their places.
namespace dovetail {

// Each throws DataError for a file of another version.
Plan read_plan(const std::filesystem::path& results_folder);
PlanOutline read_plan_outline(const std::filesystem::path& results_folder);
PlanIndex read_plan_index(const std::filesystem::path& results_folder);

void write_plan(const std::filesystem::path& results_folder, const Plan& plan);
// What write_plan() writes.
std::string plan_text(const Plan& plan);

}  // namespace dovetail
