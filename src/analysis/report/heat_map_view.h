// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "analysis/report/report_model.h"

namespace dovetail {

// Objective x template: a heat map for each task, metric, tuning and train size. The page shows the
// primary metric; the other metrics' views are hidden until one is chosen.
std::string heat_maps_html(const ReportModel& model);
// The options of the choice of metric.
std::string metric_options_html(const ReportModel& model);

}  // namespace dovetail
