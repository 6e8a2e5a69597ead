// SPDX-License-Identifier: Apache-2.0
#include "text/utf8.h"

namespace dovetail {

namespace {

// Bounds of the second byte, and the number of bytes: Unicode 15, table 3-7.
struct LeadByte {
  int length = 0;
  uint8_t second_from = 0x80, second_to = 0xBF;
};

LeadByte lead_byte(uint8_t byte) {
  if (byte >= 0xC2 && byte <= 0xDF) return {2};
  if (byte == 0xE0) return {3, 0xA0, 0xBF};
  if (byte == 0xED) return {3, 0x80, 0x9F};  // no surrogates
  if (byte >= 0xE1 && byte <= 0xEF) return {3};
  if (byte == 0xF0) return {4, 0x90, 0xBF};
  if (byte >= 0xF1 && byte <= 0xF3) return {4};
  if (byte == 0xF4) return {4, 0x80, 0x8F};
  return {0};
}

}  // namespace

Utf8Character first_character(std::string_view text) {
  const auto byte_at = [text](size_t i) { return static_cast<uint8_t>(text[i]); };
  const uint8_t lead = byte_at(0);
  if (lead < 0x80) return {lead, 1, true};
  const LeadByte bounds = lead_byte(lead);
  if (bounds.length == 0) return {0xFFFD, 1, false};
  char32_t code_point = lead & (0x7F >> bounds.length);
  for (int i = 1; i < bounds.length; ++i) {
    const uint8_t from = i == 1 ? bounds.second_from : 0x80;
    const uint8_t to = i == 1 ? bounds.second_to : 0xBF;
    if (static_cast<size_t>(i) >= text.size() || byte_at(i) < from || byte_at(i) > to) {
      return {0xFFFD, i, false};
    }
    code_point = (code_point << 6) | (byte_at(i) & 0x3F);
  }
  return {code_point, bounds.length, true};
}

bool repair_utf8(std::string_view text, std::string_view replacement, std::string& repaired) {
  repaired.clear();
  bool found_bad = false;
  while (!text.empty()) {
    const Utf8Character character = first_character(text);
    repaired += character.valid ? text.substr(0, character.length) : replacement;
    found_bad |= !character.valid;
    text.remove_prefix(character.length);
  }
  return found_bad;
}

bool is_whitespace(char32_t c) {
  return (c >= 0x09 && c <= 0x0D) || (c >= 0x1C && c <= 0x20) || c == 0x85 || c == 0xA0 ||
         c == 0x1680 || (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F ||
         c == 0x205F || c == 0x3000;
}

}  // namespace dovetail
