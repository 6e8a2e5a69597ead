// SPDX-License-Identifier: Apache-2.0
#include "analysis/report/selector_words.h"

#include <fmt/format.h>

#include "analysis/report/number_text.h"

namespace dovetail {

namespace {

// A resampling of fewer examples often agrees with itself, whatever the truth.
constexpr int64_t kFewestForConfidence = 10;

}  // namespace

std::string confidence_text(const Selection& selection) {
  if (!selection.confidence) return "";
  const int64_t measured = selection.value ? selection.value->items : selection.examples;
  if (measured > 0 && measured < kFewestForConfidence)
    return fmt::format("no confidence: {} only", count_text(measured, "example"));
  return fmt::format("confidence {:.2f}", *selection.confidence);
}

std::string selection_text(const Selection& selection) {
  if (!selection.absent.empty()) return "no choice: " + selection.absent;
  std::string text = "choose " + choice_text(selection.choice);
  if (const std::string confidence = confidence_text(selection); !confidence.empty())
    text += " (" + confidence + ")";
  text += ": " + selection.reason;
  if (selection.value) {
    text += fmt::format("; {} {:.3f}, 95 % interval {:.3f} to {:.3f}", selection.statistic,
                        selection.value->mean, selection.value->low, selection.value->high);
  }
  return text;
}

std::string explain(const SelectorCase& found) {
  std::string text = selection_text(found.selection) + ".";
  if (!found.selection.absent.empty()) return text;
  return text + fmt::format(
                    " It scores {} {} against {} for the best cells: regret {} (95 % interval {}).",
                    score_text(found.score.mean), metric_text(found.metric),
                    score_text(found.best_score), signed_text(found.regret.mean),
                    interval_text(found.regret));
}

}  // namespace dovetail
