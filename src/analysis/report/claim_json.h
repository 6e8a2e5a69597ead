// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "analysis/decisions/verdicts.h"

namespace dovetail {

// "claims" of decision.json
Json claims_json(const std::vector<ClaimResult>& claims);

}  // namespace dovetail
