// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "analysis/report/report_model.h"

namespace dovetail {

// index.html, one file that opens offline: page/page.html filled with the views of the model.
// Tables and texts are HTML; page.js draws the charts from the embedded decision_json(model).
std::string report_page(const ReportModel& model);

}  // namespace dovetail
