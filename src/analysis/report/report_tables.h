// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>

#include "analysis/report/report_model.h"

namespace dovetail {

// The CSV files of the report by file name: cells.csv (a row a cell), scores.csv (a row a cell
// group and metric), decisions.csv (a row a task and train size), baselines.csv (a row a decision
// and comparison), costs.csv (a row a job), costs_by_tuning.csv, failures.csv, claims.csv (a row a
// claim and metric), claims_by_task.csv, selectors.csv (a row a selector), selectors_by_task.csv.
std::map<std::string, std::string> report_tables(const ReportModel& model);

}  // namespace dovetail
