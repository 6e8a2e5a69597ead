// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "analysis/decisions/analysis.h"

namespace dovetail {

// RFC 4180: a field with a comma, quote, line break or blank at an end is quoted, quotes doubled.
std::string csv_field(const std::string& text);
std::string csv_number(double value);  // as many digits as it needs, nine at most
std::string csv_table(const std::vector<std::vector<std::string>>& rows);

// The report's tables by file name: cells.csv (a row a cell), decisions.csv (a row a task and train
// size), baselines.csv (a row a decision and comparison), costs.csv (a row a job), failures.csv,
// claims.csv (a row a claim and metric), claims_by_task.csv, selectors.csv (a row a selector),
// selectors_by_task.csv. Numbers have a point and as many digits as they need; a thing that is not
// there is an empty field.
std::map<std::string, std::string> report_tables(const Analysis& analysis);

}  // namespace dovetail
