// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "analysis/decisions/verdicts.h"
#include "analysis/report/csv_row.h"

namespace dovetail {

CsvRows claims_table(const std::vector<ClaimResult>& claims);  // a row a claim and metric
CsvRows claims_by_task_table(
    const std::vector<ClaimResult>& claims);  // a row a claim, metric, task

}  // namespace dovetail
