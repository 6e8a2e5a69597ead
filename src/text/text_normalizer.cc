// SPDX-License-Identifier: Apache-2.0
#include "text/text_normalizer.h"

#include <memory>
#include <nlohmann/json.hpp>
#include <vector>

#include "base/error.h"
#include "text/base64.h"
#include "text/character_map.h"
#include "text/tokenizer_component.h"
#include "text/unicode.h"
#include "text/utf8.h"

namespace dovetail {

namespace {

template <typename Change>
TextStep each_character(Change change) {  // change(char32_t, std::string& text)
  return [change](std::string text) {
    std::string changed;
    changed.reserve(text.size());
    for (std::string_view rest = text; !rest.empty();) {
      const Utf8Character character = first_character(rest);
      change(character.code_point, changed);
      rest.remove_prefix(character.length);
    }
    return changed;
  };
}

// Control characters vanish, line ends and format characters become spaces: the rules of NMT that
// SentencePiece's "nmt_nfkc" has, too.
void append_nmt(char32_t c, std::string& text) {
  const bool vanishes = (c >= 0x01 && c <= 0x08) || c == 0x0B || (c >= 0x0E && c <= 0x1F) ||
                        c == 0x7F || c == 0x8F || c == 0x9F;
  const bool is_space = c == 0x09 || c == 0x0A || c == 0x0C || c == 0x0D || c == 0x1680 ||
                        (c >= 0x200B && c <= 0x200F) || c == 0x2028 || c == 0x2029 || c == 0x2581 ||
                        c == 0xFEFF || c == 0xFFFD;
  if (!vanishes) append_utf8(is_space ? U' ' : c, text);
}

std::string strip(std::string_view text, bool left, bool right) {
  size_t begin = text.size(), end = 0;
  for (size_t at = 0; at < text.size();) {
    const Utf8Character character = first_character(text.substr(at));
    if (!is_white_space(character.code_point)) {
      begin = std::min(begin, at);
      end = at + character.length;
    }
    at += character.length;
  }
  if (!left) begin = 0;
  if (!right) end = text.size();
  return begin < end ? std::string(text.substr(begin, end - begin)) : "";
}

TextStep in_sequence(const nlohmann::json& json, const std::string& where) {
  std::vector<TextStep> steps;
  for (const nlohmann::json& part : json.at("normalizers"))
    steps.push_back(normalizer_from(part, where));
  return [steps](std::string text) {
    for (const TextStep& step : steps) text = step(std::move(text));
    return text;
  };
}

TextStep precompiled(const nlohmann::json& json, const std::string& where) {
  const nlohmann::json& map = json.at("precompiled_charsmap");
  if (map.is_null() || map == "") return normalizer_from(nullptr, where);
  const auto shared =
      std::make_shared<const CharacterMap>(bytes_of_base64(map.get<std::string>(), where), where);
  return [shared](std::string text) { return shared->apply(text); };
}

TextStep replace(const nlohmann::json& json, const std::string& where) {
  const TextPattern pattern = pattern_from(json.at("pattern"), where);
  const std::string content = json.at("content");
  return [pattern, content](std::string text) {
    std::string changed;
    size_t done = 0;
    for (const auto& [begin, end] : pattern.matches(text)) {
      changed.append(text, done, begin - done).append(content);
      done = end;
    }
    return done == 0 && changed.empty() ? text : changed.append(text, done);
  };
}

TextStep prepend(const nlohmann::json& json) {
  return [content = json.at("prepend").get<std::string>()](std::string text) {
    return text.empty() ? text : content + text;
  };
}

}  // namespace

TextStep normalizer_from(const nlohmann::json& json, const std::string& where) {
  if (json.is_null()) return [](std::string text) { return text; };
  const std::string type = component_type(json, "normalizer", where);
  if (type == "Sequence") return in_sequence(json, where);
  if (type == "Precompiled") return precompiled(json, where);
  if (type == "Replace") return replace(json, where);
  if (type == "Prepend") return prepend(json);
  if (type == "Nmt") return each_character(append_nmt);
  if (type == "Lowercase") return lower_case_characters;
  if (type == "NFC") return [](std::string text) { return normal_form(text, NormalForm::nfc); };
  if (type == "NFD") return [](std::string text) { return normal_form(text, NormalForm::nfd); };
  if (type == "NFKC") return [](std::string text) { return normal_form(text, NormalForm::nfkc); };
  if (type == "NFKD") return [](std::string text) { return normal_form(text, NormalForm::nfkd); };
  if (type == "StripAccents") {
    return each_character([](char32_t character, std::string& text) {
      if (!is_mark(character)) append_utf8(character, text);
    });
  }
  if (type == "Strip") {
    return [left = json.value("strip_left", true), right = json.value("strip_right", true)](
               std::string text) { return strip(text, left, right); };
  }
  refuse_component(type, "normalizer", where);
}

}  // namespace dovetail
