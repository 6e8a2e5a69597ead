// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "plan/plan.h"
#include "plan/record.h"

namespace dovetail {

// Writes the report of a results folder (write_report) and its test_examples.jsonl, and prints a
// recommendation for each task and training size, what the sweep teaches beyond them, what to
// beware of, and where the page is.
// Throws SystemError if the folder cannot be written.
void report_results(const std::filesystem::path& folder, const Plan& plan,
                    const std::map<std::string, Record>& records);

}  // namespace dovetail
