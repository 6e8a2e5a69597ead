// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "analysis/decisions/analysis.h"

namespace dovetail {

std::string selectors_table(const Analysis& analysis);  // a row a selector
std::string selectors_by_task_table(
    const Analysis& analysis);                  // a row a selector, task, train size and tuning
Json selectors_json(const Analysis& analysis);  // "selectors" of decision.json

}  // namespace dovetail
