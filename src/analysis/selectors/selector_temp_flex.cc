// SPDX-License-Identifier: Apache-2.0
#include "analysis/selectors/selectors.h"

namespace dovetail {

namespace {

Selection choose(const std::string&, const SelectorContext& context) {
  const Json given = context.facts.value("relation", Json());
  const std::string relation = given.is_string() ? given.get<std::string>() : "";
  if (relation.empty()) return nothing("the task is no relation");
  if (!context.facts.contains("flex_fills"))
    return nothing("the plan is of an older version: run the sweep's command again");
  Selection selection;
  const bool fills = context.facts.at("flex_fills").get<bool>();
  selection.choice = matching(fills ? AnswerKind::filling : AnswerKind::phrasal, context);
  selection.reason = relation + (fills ? " is in the list" : " is not in the list");
  return selection;
}

}  // namespace

namespace selector {

Selector temp_flex() {
  return {"temp_flex", "Pouramini and Faili 2024, their code",
          "filling for eleven relations that its authors named with these very tasks in view, else "
          "phrasal",
          false, choose};
}

}  // namespace selector

}  // namespace dovetail
