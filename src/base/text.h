// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace dovetail {

// Runs of blanks (tabs and line ends too) as one blank, none at the ends.
std::string collapse_blanks(std::string_view text);

// ASCII letters as small ones; what is not ASCII stays.
std::string lower_case(std::string_view text);

}  // namespace dovetail
