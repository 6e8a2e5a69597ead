// SPDX-License-Identifier: Apache-2.0
#include "analysis/report/decision_words.h"

#include <fmt/format.h>

#include "analysis/report/number_text.h"

namespace dovetail {

std::string gain_text(const Comparison& comparison) {
  return fmt::format("{}{} ({}95 % interval {})", comparison.gain.mean < 0 ? "loss " : "gain ",
                     signed_text(comparison.gain.mean),
                     comparison.relative_gain ? percent_text(*comparison.relative_gain) + ", " : "",
                     interval_text(comparison.gain));
}

bool cells_differ(const Decision& decision) {
  return decision.differ.differ() && decision.differ.runs_known;
}

std::string differ_text(const Decision& decision) {
  const GlobalTest& test = decision.differ;
  if (!(test.degrees_above > 0)) return "";
  const std::string p = p_text(test.p_value);
  return fmt::format(
      "{}, p {}{}{}",
      cells_differ(decision) ? "the cells differ" : "no difference between the cells is shown",
      p.starts_with("<") ? "" : "= ", p, test.runs_known ? "" : " of these single runs");
}

std::string halves_text(const Decision& decision) {
  return decision.over_runs && decision.honest_score.seeds > 1 ? "the runs and test examples"
                                                               : "the test examples";
}

std::string verdict_text(Verdict verdict) {
  switch (verdict) {
    case Verdict::gain: return "measurable gain";
    case Verdict::no_measurable_difference: return "no measurable difference";
    case Verdict::baseline_better: return "a baseline is better";
    case Verdict::nothing_to_compare: return "nothing to compare with yet";
  }
  return "";
}

}  // namespace dovetail
