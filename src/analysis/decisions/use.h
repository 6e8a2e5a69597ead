// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analysis/decisions/contenders.h"

namespace dovetail {

// The seconds that following a choice from nothing takes by the plan's estimates, which settings
// alone decide (parameters, steps, what is trained): upstream jobs in full, and the mean over the
// group's cells. Cheaper choices are found by it and not by wall times, which are noise.
double declared_cost(const CellGroup& group, const Plan& plan);

// Sets `cheaper`, `cheaper_lead` and `use` of a decision that has everything else.
void decide_use(const TaskAtSize& at, Decision& decision);

}  // namespace dovetail
