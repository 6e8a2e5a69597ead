// SPDX-License-Identifier: Apache-2.0
#include "plan/axis.h"

#include "base/error.h"

namespace dovetail {

std::string to_string(AnswerStyle style) {
  switch (style) {
    case AnswerStyle::infill: return "infill";
    case AnswerStyle::continuation: return "continuation";
    case AnswerStyle::mixed: return "mixed";
  }
  throw std::logic_error("an answer style outside its enumeration");
}

AnswerStyle answer_style_from(const std::string& name) {
  for (const AnswerStyle style :
       {AnswerStyle::infill, AnswerStyle::continuation, AnswerStyle::mixed}) {
    if (to_string(style) == name) return style;
  }
  throw_<DataError>("unknown answer style \"{}\" (known: infill, continuation, mixed)", name);
}

void to_json(Json& json, const AxisTraits& traits) {
  json = {{"answer_style", to_string(traits.answer_style)},
          {"says_relation", traits.says_relation},
          {"form", traits.form}};
}

void from_json(const Json& json, AxisTraits& traits) {
  traits.answer_style = answer_style_from(json.at("answer_style").get<std::string>());
  json.at("says_relation").get_to(traits.says_relation);
  json.at("form").get_to(traits.form);
}

}  // namespace dovetail
