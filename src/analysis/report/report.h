// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "analysis/decisions/analysis.h"
#include "analysis/report/answered.h"

namespace dovetail {

// Writes FOLDER/report/index.html, decision.json and tables/*.csv, each atomically and all from one
// ReportModel. An unfinished run gets a report of its results so far, which lists the missing
// cells. Tasks without `examples` are shown without answers. Returns the path of index.html. Throws
// SystemError if the folder cannot be written.
std::filesystem::path write_report(const std::filesystem::path& folder, const Analysis& analysis,
                                   const TestExamples& examples = {});

}  // namespace dovetail
