// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sweep/sweep.h"

namespace dovetail {

// The names that a sweep file may use, gathered from the rooms that define them.
Catalogues catalogues();

}  // namespace dovetail
