// SPDX-License-Identifier: Apache-2.0
#include "metrics/tokenizer_13a.h"

#include "text/utf8.h"

namespace dovetail {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_stop(char c) { return c == '.' || c == ','; }

// ASCII punctuation except ' , - and . (the space is included, which does no harm).
bool stands_alone(char c) {
  return (c >= '{' && c <= '~') || (c >= '[' && c <= '`') || (c >= ' ' && c <= '&') ||
         (c >= '(' && c <= '+') || (c >= ':' && c <= '@') || c == '/';
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  for (size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
  return text;
}

// Adds spaces to pairs of neighbouring characters that `split` accepts; like the matches of a
// regular expression, the pairs do not overlap. Bytes serve as characters, since a match is ASCII,
// or anything but a digit or a stop.
template <typename Split>
std::string with_spaces_in_pairs(const std::string& text, Split&& split, std::string_view before,
                                 std::string_view between, std::string_view after) {
  std::string result;
  for (size_t i = 0; i < text.size(); ++i) {
    if (i + 1 < text.size() && split(text[i], text[i + 1])) {
      result.append(before).append(1, text[i]).append(between).append(1, text[i + 1]).append(after);
      ++i;
    } else {
      result += text[i];
    }
  }
  return result;
}

std::string without_trailing_whitespace(std::string_view text) {
  size_t end = 0;
  for (size_t i = 0; i < text.size();) {
    const Utf8Character character = first_character(text.substr(i));
    i += character.length;
    if (!is_whitespace(character.code_point)) end = i;
  }
  return std::string(text.substr(0, end));
}

}  // namespace

Tokens tokenize_13a(std::string_view text) {
  std::string line = without_trailing_whitespace(text);
  line = replaced(line, "<skipped>", "");
  line = replaced(line, "-\n", "");  // a word hyphenated at the end of a line
  line = replaced(line, "\n", " ");
  line = replaced(line, "&quot;", "\"");
  line = replaced(line, "&amp;", "&");
  line = replaced(line, "&lt;", "<");
  line = replaced(line, "&gt;", ">");
  std::string spaced = " ";
  for (const char c : line) {
    if (stands_alone(c)) {
      spaced.append(1, ' ').append(1, c).append(1, ' ');
    } else {
      spaced += c;
    }
  }
  spaced += ' ';
  spaced = with_spaces_in_pairs(
      spaced, [](char a, char b) { return !is_digit(a) && is_stop(b); }, "", " ", " ");
  spaced = with_spaces_in_pairs(
      spaced, [](char a, char b) { return is_stop(a) && !is_digit(b); }, " ", " ", "");
  spaced = with_spaces_in_pairs(
      spaced, [](char a, char b) { return is_digit(a) && b == '-'; }, "", " ", " ");
  return split_white_space(spaced);
}

}  // namespace dovetail
