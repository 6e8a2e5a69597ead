// SPDX-License-Identifier: Apache-2.0
#include "analysis/selectors/selectors.h"

namespace dovetail {

namespace {

// The template of the prefix alone, whatever it is called.
Selection choose(const std::string&, const SelectorContext& context) {
  for (const Candidate& candidate : context.candidates) {
    const AxisTraits& form = traits_of(context, "template", candidate.template_name);
    if (form.fills >= 0 || form.says_relation || !form.form.empty()) continue;
    Selection selection;
    selection.choice.template_name = candidate.template_name;
    selection.reason = "always";
    return selection;
  }
  return nothing("no finished candidate has the template mapping");
}

}  // namespace

namespace selector {

Selector always_mapping() {
  return {"always_mapping", "The conventional choice",
          "always the template mapping; objective left to chance", true, choose};
}

}  // namespace selector

}  // namespace dovetail
