// SPDX-License-Identifier: Apache-2.0
#include "metrics/unicode_text.h"

#include <unicode/locid.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/uscript.h>

#include "base/error.h"

namespace dovetail {

namespace {

icu::UnicodeString utf16(std::string_view text) {
  return icu::UnicodeString::fromUTF8({text.data(), static_cast<int32_t>(text.size())});
}

std::string utf8(const icu::UnicodeString& text) {
  std::string bytes;
  return text.toUTF8String(bytes);
}

icu::UnicodeString decomposed(const icu::UnicodeString& text) {
  UErrorCode status = U_ZERO_ERROR;
  const icu::Normalizer2* nfd = icu::Normalizer2::getNFDInstance(status);
  icu::UnicodeString result = U_SUCCESS(status) ? nfd->normalize(text, status) : text;
  if (U_FAILURE(status))
    throw_<SystemError>("ICU cannot decompose a text: {}", u_errorName(status));
  return result;
}

}  // namespace

std::string unicode_lower_case(std::string_view text) {
  return utf8(utf16(text).toLower(icu::Locale::getRoot()));
}

std::string caseless(std::string_view text) {
  return utf8(decomposed(decomposed(utf16(text)).foldCase()));
}

CharacterClass class_of(char32_t code_point) {
  const uint32_t mask = U_GET_GC_MASK(static_cast<UChar32>(code_point));
  if (mask & U_GC_L_MASK) return CharacterClass::letter;
  if (mask & U_GC_M_MASK) return CharacterClass::mark;
  if (mask & U_GC_N_MASK) return CharacterClass::number;
  if (mask & U_GC_P_MASK) return CharacterClass::punctuation;
  if (mask & U_GC_S_MASK) return CharacterClass::symbol;
  if (mask & U_GC_Z_MASK) return CharacterClass::separator;
  return CharacterClass::control;
}

bool is_content(char32_t code_point) {
  const CharacterClass found = class_of(code_point);
  return found == CharacterClass::letter || found == CharacterClass::mark ||
         found == CharacterClass::number;
}

bool is_written_unspaced(char32_t code_point) {
  const auto c = static_cast<UChar32>(code_point);
  if (c < 0xE00 || !is_content(code_point)) return false;  // Thai is the first of them
  for (const UScriptCode script : {USCRIPT_HAN, USCRIPT_HIRAGANA, USCRIPT_KATAKANA}) {
    if (uscript_hasScript(c, script)) return true;
  }
  return u_getIntPropertyValue(c, UCHAR_LINE_BREAK) == U_LB_COMPLEX_CONTEXT;
}

std::string script_name(char32_t code_point) {
  UErrorCode status = U_ZERO_ERROR;
  const UScriptCode script = uscript_getScript(static_cast<UChar32>(code_point), &status);
  const char* name = U_SUCCESS(status) ? uscript_getName(script) : nullptr;
  return name ? name : "unknown";
}

}  // namespace dovetail
