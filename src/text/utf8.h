// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace dovetail {

// The first character of `text` (which is not empty) and its length in bytes. Where the bytes are
// no UTF-8, `valid` is false and `length` is that of the "maximal subpart" (Unicode 15, sec. 3.9,
// table 3-8): the bytes that one U+FFFD replaces, as Python and browsers count them.
struct Utf8Character {
  char32_t code_point = 0;
  int length = 1;
  bool valid = true;
};
Utf8Character first_character(std::string_view text);

// `text` with every maximal subpart that is no UTF-8 replaced. Returns whether there was any.
bool repair_utf8(std::string_view text, std::string_view replacement, std::string& repaired);

// What Python's str.isspace() holds for white space.
bool is_white_space(char32_t code_point);

}  // namespace dovetail
