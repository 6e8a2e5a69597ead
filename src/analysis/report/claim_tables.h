// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "analysis/decisions/analysis.h"

namespace dovetail {

std::string claims_table(const Analysis& analysis);          // a row a claim and metric
std::string claims_by_task_table(const Analysis& analysis);  // a row a claim, metric and task
Json claims_json(const Analysis& analysis);                  // "claims" of decision.json

}  // namespace dovetail
