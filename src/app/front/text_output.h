// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace dovetail {

// Prints rows to standard output, with aligned columns and two spaces between them.
void print_columns(const std::vector<std::vector<std::string>>& rows);

}  // namespace dovetail
