// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace dovetail {

// Collapses each run of whitespace to one space and trims both ends.
std::string collapse_whitespace(std::string_view text);

// The words between whitespace.
int64_t num_words(std::string_view text);

// Lower-cases ASCII letters; other bytes are unchanged.
std::string lower_case(std::string_view text);

// Calls `take` with the number (from 1 on) and the text of each line, without its line end; returns
// the number of lines. Skips a byte-order mark.
int64_t for_each_line(std::string_view bytes,
                      const std::function<void(int64_t, std::string_view)>& take);

// Whether the bytes are UTF-8 without a NUL.
bool is_valid_utf8(std::string_view bytes);

}  // namespace dovetail
