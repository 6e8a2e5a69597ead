// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analysis/decisions/analysis.h"

namespace dovetail {

// What the report says, for programs. The layout is described in analysis/README.md; `version`
// grows when a key changes its meaning.
Json decision_json(const Analysis& analysis);

}  // namespace dovetail
