// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "analysis/decisions/regret.h"

namespace dovetail {

// "selectors" of decision.json
Json selectors_json(const std::vector<SelectorResult>& selectors);

}  // namespace dovetail
