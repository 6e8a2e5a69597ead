// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "analysis/selectors/selectors.h"

namespace dovetail {

namespace {

// Theirs let the first example decide for all that came after it; here the whole task decides.
Selection choose(const std::string&, const SelectorContext& context) {
  constexpr double kShortWords = 4;
  const Json words = context.facts.value("mean_choice_words", Json()),
             marks = context.facts.value("question_mark_share", Json());
  if (!words.is_number() || words <= 0 || !marks.is_number())
    return nothing("the task has no choices");
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

}  // namespace

namespace selector {

Selector temp_len() {
  return {"temp_len", "Pouramini and Faili 2024, their code",
          "filling where the choices are short and the text asks a question, else phrasal", false,
          choose};
}

}  // namespace selector

}  // namespace dovetail
