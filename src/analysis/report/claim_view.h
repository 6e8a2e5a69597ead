// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "analysis/report/report_model.h"

namespace dovetail {

// The claims of the sweep file: the table of verdicts, a forest plot each, and each claim task by
// task.
std::string claims_html(const ReportModel& model, bool with_charts);

}  // namespace dovetail
