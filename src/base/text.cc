// SPDX-License-Identifier: Apache-2.0
#include "base/text.h"

namespace dovetail {

std::string collapse_blanks(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n\f\v";
  std::string result;
  bool blank = false;
  for (const char letter : text) {
    if (kBlanks.find(letter) != std::string_view::npos) {
      blank = !result.empty();
      continue;
    }
    if (blank) result += ' ';
    blank = false;
    result += letter;
  }
  return result;
}

std::string lower_case(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return result;
}

}  // namespace dovetail
