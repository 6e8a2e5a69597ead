// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "analysis/selectors/matching.h"
#include "analysis/selectors/selector_rules.h"

namespace dovetail {

// The published code lets the first example decide for all that follow. Here the whole task
// decides.
Selection selector::temp_len(const SelectorContext& context) {
  constexpr double kShortWords = 4;
  const Json words = context.facts.value("mean_choice_words", Json()),
             marks = context.facts.value("question_mark_share", Json());
  if (!words.is_number() || words <= 0 || !marks.is_number())
    return no_choice("the task has no choices");
  const double share = marks.get<double>(), length = words.get<double>();
  const bool asks = share >= 0.5;
  Selection selection;
  selection.choice =
      matching(asks && length < kShortWords ? AnswerKind::filling : AnswerKind::phrasal, context);
  selection.confidence = asks ? share : 1 - share;
  selection.reason =
      fmt::format("{:.0f} % of the questions end in a question mark, choices have {:.1f} words",
                  100 * share, length);
  return selection;
}

}  // namespace dovetail
