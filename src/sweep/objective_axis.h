// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sweep/sweep.h"
#include "sweep/toml_table.h"

namespace dovetail {

// A value of the axis objective: a name of the catalogue, "none", or a checkpoint folder.
AxisValue read_objective(const toml::node& node, const Sweep& sweep, const Catalogues& catalogues);

}  // namespace dovetail
