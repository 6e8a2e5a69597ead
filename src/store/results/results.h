// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "plan/plan.h"
#include "plan/record.h"
#include "store/plan_outline.h"

namespace dovetail {

// Writes results.h5 from the plan and the records; the same input gives the same bytes. The file is
// written beside the target, read back and checked, synced and renamed. Layout: docs/results.md.
// Throws SystemError if it cannot be published.
void write_results(const std::filesystem::path& target, const Plan& plan,
                   const std::map<std::string, Record>& records);
void write_results(const std::filesystem::path& target, const PlanOutline& outline,
                   const std::map<std::string, Record>& records);

}  // namespace dovetail
