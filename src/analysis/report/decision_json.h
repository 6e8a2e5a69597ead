// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analysis/report/report_model.h"

namespace dovetail {

// The document decision.json: the report for programs, and the data that the page's script draws.
// analysis/README.md describes the layout; `version` grows when a key changes its meaning.
Json decision_json(const ReportModel& model);

}  // namespace dovetail
