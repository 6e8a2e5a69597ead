// SPDX-License-Identifier: Apache-2.0
#include "analysis/selectors/selector_rules.h"

namespace dovetail {

Selection selector::t5_default(const SelectorContext& context) {
  Selection selection = always_mapping(context);
  if (!selection.absent.empty()) return selection;
  for (const Candidate& candidate : context.candidates) {
    if (candidate.objective != context.conventional_objective) continue;
    selection.choice.objective = candidate.objective;
    return selection;
  }
  return no_choice("no finished candidate has the objective " + context.conventional_objective);
}

}  // namespace dovetail
