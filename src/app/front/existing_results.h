// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "plan/plan.h"

namespace dovetail {

// Throws ConfigError if `dovetail run` has not made `folder`, or its files cannot be read.
void check_is_results_folder(const std::filesystem::path& folder);
// The plan of a results folder, after that check.
Plan plan_of_results(const std::filesystem::path& folder);

}  // namespace dovetail
