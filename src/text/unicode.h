// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace dovetail {

// Properties of characters and forms of texts by Unicode's tables, as tokenizers ask for them.

// Unicode's White_Space: what Rust and regular expressions call whitespace. Python's str.isspace()
// (utf8.h) also counts U+001C to U+001F.
bool is_white_space(char32_t character);
// Letters, marks, decimal digits, connectors such as "_": \w of regular expressions.
bool is_word_character(char32_t character);
bool is_mark(char32_t character);  // categories Mn, Mc, Me

enum class NormalForm { nfc, nfd, nfkc, nfkd };
std::string normal_form(std::string_view text, NormalForm form);

// Lower case of each character by itself, as Rust's char::to_lowercase().
std::string lower_case_characters(std::string_view text);

void append_utf8(char32_t character, std::string& text);

}  // namespace dovetail
