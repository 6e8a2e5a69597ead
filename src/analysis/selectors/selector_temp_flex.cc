// SPDX-License-Identifier: Apache-2.0
#include "analysis/selectors/matching.h"
#include "analysis/selectors/selector_rules.h"

namespace dovetail {

Selection selector::temp_flex(const SelectorContext& context) {
  const Json given = context.facts.value("relation", Json());
  const std::string relation = given.is_string() ? given.get<std::string>() : "";
  if (relation.empty()) return no_choice("the task is no relation");
  if (!context.facts.contains("flex_fills"))
    return no_choice("plan.json was written by an older version; run `dovetail run SWEEP` again");
  Selection selection;
  const bool fills = context.facts.at("flex_fills").get<bool>();
  selection.choice = matching(fills ? AnswerKind::filling : AnswerKind::phrasal, context);
  selection.reason = relation + (fills ? " is in the list" : " is not in the list");
  return selection;
}

}  // namespace dovetail
