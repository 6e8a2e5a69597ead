// SPDX-License-Identifier: Apache-2.0
#include "analysis/selectors/matching.h"

#include <algorithm>

#include "base/error.h"

namespace dovetail {

namespace {

// 1 for infill, -1 for continuation, 0 for mixed.
int sign_of(AnswerStyle style) {
  switch (style) {
    case AnswerStyle::infill: return 1;
    case AnswerStyle::continuation: return -1;
    case AnswerStyle::mixed: return 0;
  }
  return 0;
}

double agreement(AnswerKind kind, const Candidate& candidate, const SelectorContext& context) {
  const int wanted = kind == AnswerKind::filling ? 1 : -1;
  const AxisTraits& form = traits_of(context, "template", candidate.template_name);
  const AxisTraits& objective = traits_of(context, "objective", candidate.objective);
  const AxisTraits& adaptation = traits_of(context, "adaptation", candidate.adaptation);
  return 8 * wanted * sign_of(form.answer_style) + 4 * wanted * sign_of(objective.answer_style) +
         2 * wanted * sign_of(adaptation.answer_style) + (form.says_relation ? 1 : 0);
}

}  // namespace

const AxisTraits& traits_of(const SelectorContext& context, const std::string& axis,
                            const std::string& label) {
  static const AxisTraits none;
  const auto labels = context.traits.find(axis);
  if (labels == context.traits.end()) return none;
  const auto traits = labels->second.find(label);
  return traits == labels->second.end() ? none : traits->second;
}

Candidate matching(AnswerKind kind, const SelectorContext& context) {
  DOVETAIL_CHECK(!context.candidates.empty());
  return *std::ranges::max_element(context.candidates, {},
                                   [&](const Candidate& c) { return agreement(kind, c, context); });
}

}  // namespace dovetail
