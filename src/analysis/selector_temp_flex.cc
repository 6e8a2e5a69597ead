// SPDX-License-Identifier: Apache-2.0
#include <set>

#include "analysis/selectors.h"

namespace dovetail {

namespace {

Selection choose(const std::string&, const SelectorContext& context) {
  static const std::set<std::string> filling{"ObjectUse", "AtLocation", "MadeUpOf", "HasProperty", "CapableOf", "Desires",
                                             "NotDesires", "xAttr", "xReact", "oReact", "isFilledBy"};
  const Json given = context.facts.value("relation", Json());
  const std::string relation = given.is_string() ? given.get<std::string>() : "";
  if (relation.empty()) return nothing("the task is no relation");
  Selection selection;
  const bool fills = filling.contains(relation);
  selection.choice = matching(fills ? AnswerKind::filling : AnswerKind::phrasal, context.candidates);
  selection.reason = relation + (fills ? " is in the list" : " is not in the list");
  return selection;
}

}  // namespace

namespace selector {

Selector temp_flex() { return {"temp_flex", "Pouramini and Faili 2024, their code", "filling for eleven relations that its authors named with these very tasks in view, else phrasal", false, choose}; }

}  // namespace selector

}  // namespace dovetail
