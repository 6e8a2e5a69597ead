// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "plan/claim.h"

namespace dovetail {

class TomlTable;
struct Sweep;

// Reads the [[claim]] tables of a sweep whose axes and metrics are known. Globs become the labels
// that they match. Throws ConfigError "FILE:LINE:COLUMN: ..." for labels and metrics that the sweep
// does not have.
std::vector<Claim> read_claims(const TomlTable& root, const Sweep& sweep);

}  // namespace dovetail
