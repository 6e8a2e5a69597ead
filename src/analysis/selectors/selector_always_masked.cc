// SPDX-License-Identifier: Apache-2.0
#include "analysis/selectors/selectors.h"

namespace dovetail {

namespace {

Selection choose(const std::string&, const SelectorContext& context) {
  Selection selection;
  selection.choice.template_name = matching(AnswerKind::filling, context).template_name;
  selection.reason = "always";
  return selection;
}

}  // namespace

namespace selector {

Selector always_masked() {
  return {"always_masked", "Pouramini and Faili 2024",
          "always the masked template with the phrase of the relation; objective left to chance",
          true, choose};
}

}  // namespace selector

}  // namespace dovetail
