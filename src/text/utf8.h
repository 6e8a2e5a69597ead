// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace dovetail {

// The first character of `text`, which must not be empty, and its length in bytes. For bytes that
// are not UTF-8, `valid` is false and `length` is that of the "maximal subpart" (Unicode 15, sec.
// 3.9, table 3-8): the bytes that one U+FFFD replaces, as Python and browsers count them.
struct Utf8Character {
  char32_t code_point = 0;
  int length = 1;
  bool valid = true;
};
Utf8Character first_character(std::string_view text);

// Replaces every maximal subpart that is not UTF-8. Returns whether there was any.
bool repair_utf8(std::string_view text, std::string_view replacement, std::string& repaired);

// Whitespace as in Python's str.isspace().
bool is_whitespace(char32_t code_point);

}  // namespace dovetail
