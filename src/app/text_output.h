// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace dovetail {

// Rows to standard output, columns aligned, two blanks between them.
void print_columns(const std::vector<std::vector<std::string>>& rows);

}  // namespace dovetail
