// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "analysis/decisions/verdicts.h"
#include "plan/registration.h"

namespace dovetail {

// Notes for each claim when it was registered, and how many of the results that judge it were there
// already.
void note_registrations(std::vector<ClaimResult>& claims, const Registrations& registrations);

}  // namespace dovetail
