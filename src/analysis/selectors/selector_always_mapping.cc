// SPDX-License-Identifier: Apache-2.0
#include "analysis/selectors/matching.h"
#include "analysis/selectors/selector_rules.h"

namespace dovetail {

// The template of the prefix alone, whatever its label.
Selection selector::always_mapping(const SelectorContext& context) {
  for (const Candidate& candidate : context.candidates) {
    const AxisTraits& form = traits_of(context, "template", candidate.template_name);
    if (form.answer_style != AnswerStyle::continuation || form.says_relation || !form.form.empty())
      continue;
    return always_template(candidate.template_name);
  }
  return no_choice("no finished candidate has the template mapping");
}

}  // namespace dovetail
