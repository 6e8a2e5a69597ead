// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "analysis/report/report_model.h"

namespace dovetail {

// A place for each chart of score by train size, and the same numbers as tables. With charts the
// tables are folded away; without them a note explains how to get charts.
std::string learning_curves_html(const ReportModel& model, bool with_charts);
// The options of the choice of template; the one with the most results is selected.
std::string template_options_html(const ReportModel& model);

}  // namespace dovetail
