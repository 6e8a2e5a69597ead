// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "analysis/report/report_model.h"

namespace dovetail {

// The table of recommendations, a row a task and train size.
std::string recommendations_html(const ReportModel& model);
// Every decision in words, with the table of all its comparisons.
std::string explanations_html(const ReportModel& model);

}  // namespace dovetail
