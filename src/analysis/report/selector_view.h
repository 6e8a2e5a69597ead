// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "analysis/report/report_model.h"

namespace dovetail {

// The regret of each selector: the table, a forest plot, and each selector's choices by task.
std::string selectors_html(const ReportModel& model, bool with_charts);

}  // namespace dovetail
