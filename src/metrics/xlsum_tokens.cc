// SPDX-License-Identifier: Apache-2.0
#include "metrics/xlsum_tokens.h"

#include <algorithm>
#include <array>

#include "metrics/unicode_text.h"
#include "text/utf8.h"

namespace dovetail {

namespace {

struct IdeographBlock {
  char32_t first, last;
};
constexpr std::array kIdeographBlocks{
    IdeographBlock{0x3400, 0x4DBF},   IdeographBlock{0x4E00, 0x9FFF},
    IdeographBlock{0xF900, 0xFAFF},   IdeographBlock{0x20000, 0x2A6DF},
    IdeographBlock{0x2A700, 0x2B73F}, IdeographBlock{0x2B740, 0x2CEAF},
    IdeographBlock{0x2F800, 0x2FA1F}};

// What XL-Sum's clean-up makes of a character.
enum class Role { dropped, blank, letter, ideograph, number, mark, symbol };

Role role_of(char32_t c) {
  if (c == ' ' || c == '\t' || c == '\n' || c == '\r') return Role::blank;
  if (c == 0xFFFD) return Role::dropped;
  switch (class_of(c)) {
    case CharacterClass::control: return Role::dropped;
    case CharacterClass::separator:
    case CharacterClass::punctuation: return Role::blank;
    case CharacterClass::letter: return is_bert_ideograph(c) ? Role::ideograph : Role::letter;
    case CharacterClass::number: return Role::number;
    case CharacterClass::mark: return Role::mark;
    case CharacterClass::symbol: return c < 0x80 ? Role::blank : Role::symbol;  // ^ and $
  }
  return Role::dropped;
}

// OpenNMT's tokenizer keeps its own three characters free by writing others for them.
std::string_view written(char32_t c, std::string_view bytes) {
  if (c == U'\uFFED') return "\u25A0";
  if (c == U'\uFFE8') return "\u2502";
  if (c == U'\u2581') return "_";
  return bytes;
}

}  // namespace

bool is_bert_ideograph(char32_t code_point) {
  return std::ranges::any_of(kIdeographBlocks, [=](const IdeographBlock& block) {
    return code_point >= block.first && code_point <= block.last;
  });
}

// A mark belongs to the character before it, but for an ideograph, which is cut off later. At the
// start of a word it is one of its own; behind a blank OpenNMT's tokenizer writes that blank as a
// code.
Tokens xlsum_tokens(std::string_view text) {
  const std::string lower = unicode_lower_case(text);
  Tokens tokens;
  Role last = Role::blank;  // of the character before, without its marks
  for (std::string_view rest = lower; !rest.empty();) {
    const Utf8Character character = first_character(rest);
    const std::string_view bytes = rest.substr(0, character.length);
    rest.remove_prefix(character.length);
    const Role role = role_of(character.code_point);
    if (role == Role::dropped) continue;
    const bool goes_on = role == Role::mark
                             ? last != Role::blank && last != Role::ideograph
                             : role == last && (role == Role::letter || role == Role::number);
    if (goes_on) {
      tokens.back() += bytes;
    } else if (role != Role::blank) {
      const bool coded = role == Role::mark && last == Role::blank && !tokens.empty();
      tokens.push_back((coded ? "\uFF050020" : "") +
                       std::string(written(character.code_point, bytes)));
    }
    if (role == Role::mark && last == Role::ideograph) last = Role::letter;
    if (role == Role::mark && last == Role::blank) last = Role::mark;
    if (role != Role::mark) last = role;
  }
  return tokens;
}

}  // namespace dovetail
