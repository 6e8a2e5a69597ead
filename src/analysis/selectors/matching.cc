// SPDX-License-Identifier: Apache-2.0
#include "analysis/selectors/matching.h"

#include <algorithm>

#include "base/error.h"

namespace dovetail {

namespace {

double agreement(AnswerKind kind, const Candidate& candidate, const SelectorContext& context) {
  const int wanted = kind == AnswerKind::filling ? 1 : -1;
  const AxisTraits& form = traits_of(context, "template", candidate.template_name);
  return 8 * wanted * form.fills +
         4 * wanted * traits_of(context, "objective", candidate.objective).fills +
         2 * wanted * traits_of(context, "adaptation", candidate.adaptation).fills +
         (form.says_relation ? 1 : 0);
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
