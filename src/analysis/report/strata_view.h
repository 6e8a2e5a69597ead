// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "analysis/report/report_model.h"

namespace dovetail {

// A table for each task and column of its strata: the primary metric of every choice and baseline,
// by value. "" where no task has strata.
std::string strata_html(const ReportModel& model);

}  // namespace dovetail
