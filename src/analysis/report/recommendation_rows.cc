// SPDX-License-Identifier: Apache-2.0
#include "analysis/report/recommendation_rows.h"

#include "analysis/report/decision_words.h"
#include "analysis/report/use_words.h"

namespace dovetail {

namespace {

// The gain over random start, or why something else than the highest mean is to be used.
std::string row_note(const Decision& decision) {
  if (decision.use.reason != UseReason::measurable_gain) return use_note(decision);
  const Comparison* start = find_comparison(decision, "random_start");
  const bool comparable = start != nullptr && start->absent.empty() && !start->same;
  return comparable ? "over random start: " + gain_text(*start) : "";
}

}  // namespace

std::vector<std::vector<std::string>> recommendation_rows(const Analysis& analysis) {
  std::vector<std::vector<std::string>> rows;
  for (const Decision& decision : analysis.decisions) {
    rows.push_back({decision.task, decision.train_size, use_text(decision),
                    use_score_text(decision), verdict_text(decision.verdict), row_note(decision)});
  }
  return rows;
}

}  // namespace dovetail
