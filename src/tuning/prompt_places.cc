// SPDX-License-Identifier: Apache-2.0
#include "tuning/prompt_places.h"

namespace dovetail {

bool stands_in_front(const std::vector<SourcePart>& source,
                     const std::vector<std::string>& tokens) {
  const bool behind_text = !source.empty() && !source.front().text.empty();
  const size_t at = behind_text ? 1 : 0;
  return source.size() == at + 2 && source[at].tokens == tokens && source[at + 1].is_input();
}

std::string without_outer_spaces(std::string_view text) {
  const size_t begin = text.find_first_not_of(' ');
  if (begin == std::string_view::npos) return "";
  return std::string(text.substr(begin, text.find_last_not_of(' ') + 1 - begin));
}

nlohmann::json json_of(const std::vector<SourcePart>& source) {
  nlohmann::json json;
  for (const SourcePart& part : source) {
    if (part.is_input()) {
      json.push_back({{"input", true}});
    } else if (part.tokens.empty()) {
      json.push_back({{"text", part.text}});
    } else {
      json.push_back({{"tokens", part.tokens}});
    }
  }
  return json;
}

std::vector<SourcePart> source_parts_from(const nlohmann::json& json) {
  std::vector<SourcePart> source;
  if (json.is_null()) return source;
  for (const nlohmann::json& part : json.get<std::vector<nlohmann::json>>()) {
    source.push_back({.tokens = part.value("tokens", std::vector<std::string>()),
                      .text = part.value("text", std::string())});
  }
  return source;
}

}  // namespace dovetail
