// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "base/names.h"

namespace dovetail {

// Rows to standard output, columns aligned, two blanks between them.
void print_columns(const std::vector<std::vector<std::string>>& rows);

// "48 s", "12 min", "3 h 05 min".
std::string duration_text(double seconds);

}  // namespace dovetail
