// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "plan/claim.h"

namespace dovetail {

class TomlTable;
struct Sweep;

// The [[claim]] tables of a sweep file whose axes and metrics have been read. Globs become the
// labels that they match. Throws ConfigError "FILE:LINE:COLUMN: ..." for what the sweep does not
// have.
std::vector<Claim> read_claims(const TomlTable& root, const Sweep& sweep);

}  // namespace dovetail
