// SPDX-License-Identifier: Apache-2.0
#include "base/text.h"

namespace dovetail {

namespace {

constexpr std::string_view kWhitespace = " \t\r\n\f\v";

}  // namespace

std::string collapse_whitespace(std::string_view text) {
  std::string result;
  bool pending = false;
  for (const char letter : text) {
    if (kWhitespace.find(letter) != std::string_view::npos) {
      pending = !result.empty();
      continue;
    }
    if (pending) result += ' ';
    pending = false;
    result += letter;
  }
  return result;
}

int64_t num_words(std::string_view text) {
  int64_t words = 0;
  bool inside = false;
  for (const char letter : text) {
    const bool space = kWhitespace.find(letter) != std::string_view::npos;
    words += !space && !inside;
    inside = !space;
  }
  return words;
}

std::string lower_case(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return result;
}

int64_t for_each_line(std::string_view bytes,
                      const std::function<void(int64_t, std::string_view)>& take) {
  if (bytes.starts_with("\xef\xbb\xbf")) bytes.remove_prefix(3);  // a byte order mark
  int64_t lines = 0;
  while (!bytes.empty()) {
    const size_t end = std::min(bytes.find('\n'), bytes.size());
    std::string_view line = bytes.substr(0, end);
    bytes.remove_prefix(std::min(end + 1, bytes.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    take(++lines, line);
  }
  return lines;
}

bool is_valid_utf8(std::string_view bytes) {
  for (size_t i = 0; i < bytes.size();) {
    const auto first = static_cast<unsigned char>(bytes[i]);
    if (first == 0) return false;  // NUL is valid UTF-8, but not text
    const int length = first < 0x80   ? 1
                       : first < 0xc2 ? 0
                       : first < 0xe0 ? 2
                       : first < 0xf0 ? 3
                       : first < 0xf5 ? 4
                                      : 0;
    if (length == 0 || i + length > bytes.size()) return false;
    uint32_t code = length == 1 ? first : first & (0x7f >> length);
    for (int j = 1; j < length; ++j) {
      const auto next = static_cast<unsigned char>(bytes[i + j]);
      if ((next & 0xc0) != 0x80) return false;
      code = code << 6 | (next & 0x3f);
    }
    const bool overlong = (length == 3 && code < 0x800) || (length == 4 && code < 0x10000);
    if (overlong || (code >= 0xd800 && code < 0xe000) || code > 0x10ffff) return false;
    i += length;
  }
  return true;
}

}  // namespace dovetail
