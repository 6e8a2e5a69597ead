// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "analysis/report/report_model.h"

namespace dovetail {

// "240 cells, all finished · seeds 1, 2 · commit 0a1b2c3 · ... · 12 min of work", as plain text.
std::string run_line(const ReportModel& model);
// The cells, axes and provenance of the run as a definition list, in HTML.
std::string run_facts_html(const ReportModel& model);

// The generated methods section, folded away.
std::string methods_html(const ReportModel& model);

}  // namespace dovetail
