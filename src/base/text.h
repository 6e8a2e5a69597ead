// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace dovetail {

// Runs of blanks (tabs and line ends too) as one blank, none at the ends.
std::string collapse_whitespace(std::string_view text);

// ASCII letters as small ones; what is not ASCII stays.
std::string lower_case(std::string_view text);

// Each line without its end; returns their number. A byte order mark is no text.
int64_t for_each_line(std::string_view bytes,
                      const std::function<void(int64_t, std::string_view)>& take);

bool is_valid_utf8(std::string_view bytes);

}  // namespace dovetail
