// SPDX-License-Identifier: Apache-2.0
#include "text/tokenizer_component.h"

#include <nlohmann/json.hpp>

#include "base/error.h"

namespace dovetail {

std::string component_type(const nlohmann::json& json, const std::string& part,
                           const std::string& where) {
  const auto type = json.is_object() ? json.find("type") : json.end();
  if (!json.is_object() || type == json.end() || !type->is_string()) {
    throw_<DataError>("{}: expected a \"{}\" with a \"type\", found {:.60}", where, part,
                      json.dump());
  }
  return type->get<std::string>();
}

void refuse_component(const std::string& type, const std::string& part, const std::string& where) {
  throw_<DataError>(
      "{}: the {} \"{}\" is not supported; give ids instead of texts, or use a model "
      "whose tokenizer has another one",
      where, part, type);
}

void refuse_setting(const nlohmann::json& json, const char* key, const char* neutral,
                    const std::string& part, const std::string& where) {
  const auto found = json.find(key);
  if (found == json.end() || found->is_null() || *found == nlohmann::json::parse(neutral)) return;
  throw_<DataError>("{}: \"{}\" of the {} is {:.60}, which changes ids and is not supported", where,
                    key, part, found->dump());
}

TextPattern pattern_from(const nlohmann::json& json, const std::string& where) {
  if (json.is_object() && json.contains("String")) {
    return TextPattern::text(json.at("String").get<std::string>());
  }
  if (json.is_object() && json.contains("Regex")) {
    return TextPattern::regular_expression(json.at("Regex").get<std::string>(), where);
  }
  throw_<DataError>("{}: expected a pattern with \"String\" or \"Regex\", found {:.60}", where,
                    json.dump());
}

}  // namespace dovetail
