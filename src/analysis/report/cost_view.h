// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "analysis/report/report_model.h"

namespace dovetail {

// The mean cost of a tuned cell by tuning and train size, and the cost of every upstream job.
std::string costs_html(const ReportModel& model);
// A row a cell, folded away: all, or the first hundred where there are more; and what the page's
// script makes further rows of, a JSON array of texts for each cell, empty where all are there.
std::string cells_html(const ReportModel& model);
std::string cell_rows_json(const ReportModel& model);
// A row a failed job or unusable cell.
std::string failures_html(const ReportModel& model);

}  // namespace dovetail
