// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace dovetail {

// Texts beyond ASCII, by the properties that Unicode publishes for its characters (ICU). Bytes that
// are not UTF-8 count as U+FFFD.

// Lower case of no language, special cases included: as Python's str.lower().
std::string unicode_lower_case(std::string_view text);

// Equal for two texts that differ in case only, or in how their accents are composed: the canonical
// caseless match of Unicode 15, sec. 3.13, definition D145.
std::string caseless(std::string_view text);

// The general categories that scorers tell apart.
enum class CharacterClass { letter, mark, number, punctuation, symbol, separator, control };
CharacterClass class_of(char32_t code_point);

// Letters, marks and numbers: what a text says.
bool is_content(char32_t code_point);

// Letters of the scripts that are written without blanks between words: Chinese ideographs, kana,
// and those that Unicode calls South East Asian (line break class SA), Thai among them.
bool is_written_unspaced(char32_t code_point);

// "Cyrillic", "Han"; the English name of the script that Unicode gives a character.
std::string script_name(char32_t code_point);

}  // namespace dovetail
