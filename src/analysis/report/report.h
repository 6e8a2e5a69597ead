// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "analysis/decisions/analysis.h"

namespace dovetail {

// Writes FOLDER/report/index.html, decision.json and tables/*.csv, each atomically. Works on an
// unfinished run and says what is missing. The page embeds all it needs (style, script, Chart.js):
// it opens offline, from a file, and asks nothing of any server. Returns the path of index.html.
// Throws SystemError when the folder cannot be written.
std::filesystem::path write_report(const std::filesystem::path& folder, const Plan& plan,
                                   const std::map<std::string, Record>& records,
                                   const DecisionOptions& options = {});

// The page alone.
std::string report_page(const Analysis& analysis);

}  // namespace dovetail
