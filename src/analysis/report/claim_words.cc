// SPDX-License-Identifier: Apache-2.0
#include "analysis/report/claim_words.h"

#include <fmt/format.h>

#include "analysis/report/number_text.h"

namespace dovetail {

namespace {

std::string pair_text(double better, double worse, bool higher_is_better) {
  SideScores scores{better, worse, {}, {}};
  const std::optional<double> relative = scores.relative(higher_is_better);
  return fmt::format("{} against {}{}", score_text(better), score_text(worse),
                     relative ? " (" + percent_text(*relative) + ")" : "");
}

}  // namespace

std::string verdict_text(ClaimVerdict verdict) {
  switch (verdict) {
    case ClaimVerdict::holds: return "holds";
    case ClaimVerdict::does_not_hold: return "does not hold";
    case ClaimVerdict::undecided: return "undecided";
    case ClaimVerdict::not_run: return "not run";
  }
  return "";
}

std::string effect_text(const ClaimResult& result, double effect) {
  return result.claim.reduce == "relative" ? percent_text(effect) : signed_text(effect);
}

std::string effect_interval_text(const ClaimResult& result, const Estimate& effect) {
  return effect_text(result, effect.low) + " to " + effect_text(result, effect.high);
}

std::string scores_text(const ClaimResult& result, const SideScores& scores) {
  std::string text = pair_text(scores.better, scores.worse, result.higher_is_better);
  if (scores.reference_better) {
    text += "; to be exceeded: " +
            pair_text(*scores.reference_better, *scores.reference_worse, result.higher_is_better);
  }
  return text;
}

std::string evidence_text(const ClaimResult& result) {
  std::string text =
      fmt::format("{}, {}, {}, {}", count_text(std::ssize(result.tasks), "task"),
                  count_text(result.seeds, "seed"), count_text(result.examples, "test example"),
                  count_text(result.cells - result.cells_failed - result.cells_missing, "cell"));
  if (result.cells_failed > 0) text += fmt::format(" ({} more failed)", result.cells_failed);
  if (result.tasks.empty()) return text;
  if (result.effect.tasks_resampled) return text + "; tasks are resampled too";
  return text + (result.tasks.size() == 1 ? "; holds for this task alone"
                                          : "; holds for these tasks alone");
}

std::string explain(const ClaimResult& result) {
  std::string text = verdict_text(result.verdict);
  if (result.verdict == ClaimVerdict::not_run) text += ": " + result.reason;
  if (result.tasks.empty()) return text + ".";
  text += result.verdict == ClaimVerdict::not_run ? "; so far " : ": ";
  text +=
      fmt::format("effect {} (95 % interval {}) in {}, {}; {}",
                  effect_text(result, result.effect.estimate.mean),
                  effect_interval_text(result, result.effect.estimate), metric_text(result.metric),
                  scores_text(result, result.scores), evidence_text(result));
  if (result.verdict == ClaimVerdict::not_run) return text + ".";
  return text + fmt::format("; p {}, {} by Holm's method.", p_text(result.effect.p_value),
                            p_text(result.p_holm));
}

}  // namespace dovetail
