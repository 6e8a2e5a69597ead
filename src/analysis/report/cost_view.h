// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "analysis/report/report_model.h"

namespace dovetail {

// The mean cost of a tuned cell by tuning and train size, and the cost of every upstream job.
std::string costs_html(const ReportModel& model);
// A row a cell, folded away; the first thousand.
std::string cells_html(const ReportModel& model);
// A row a failed job or unusable cell.
std::string failures_html(const ReportModel& model);

}  // namespace dovetail
