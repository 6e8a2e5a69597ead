// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "analysis/decisions/regret.h"
#include "analysis/report/csv_row.h"

namespace dovetail {

CsvRows selectors_table(const std::vector<SelectorResult>& results);  // a row a selector
// A row a selector, task, train size and tuning.
CsvRows selectors_by_task_table(const std::vector<SelectorResult>& results);

}  // namespace dovetail
