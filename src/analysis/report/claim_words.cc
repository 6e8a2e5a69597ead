// SPDX-License-Identifier: Apache-2.0
#include "analysis/report/claim_words.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>

#include "analysis/report/number_text.h"

namespace dovetail {

namespace {

std::string pair_text(double better, double worse, bool higher_is_better) {
  SideScores scores{better, worse, {}, {}};
  const std::optional<double> relative = scores.relative(higher_is_better);
  return fmt::format("{} against {}{}", score_text(better), score_text(worse),
                     relative ? " (" + percent_text(*relative) + ")" : "");
}

constexpr const char* kOfThese = ", of these checkpoints";

std::string unsigned_effect_text(const ClaimResult& result, double effect) {
  return result.claim.reduce == "relative" ? fmt::format("{:.0f} %", 100 * effect)
                                           : score_text(effect);
}

std::string apart_text(const ClaimResult& result) {
  std::string text;
  for (const ClaimApart& part : result.apart) {
    text += fmt::format("; {}: {} ({})", part.label, effect_text(result, part.effect.mean),
                        effect_interval_text(result, part.effect));
  }
  return text;
}

}  // namespace

std::string verdict_text(const ClaimResult& result) {
  const std::string within =
      "equivalent within " + unsigned_effect_text(result, result.claim.margin);
  switch (result.verdict) {
    case ClaimVerdict::holds: return "holds";
    case ClaimVerdict::does_not_hold: return "does not hold";
    case ClaimVerdict::equivalent: return within;
    case ClaimVerdict::holds_here: return std::string("better") + kOfThese;
    case ClaimVerdict::does_not_hold_here: return std::string("not better") + kOfThese;
    case ClaimVerdict::equivalent_here: return within + kOfThese;
    case ClaimVerdict::undecided: return "undecided";
    case ClaimVerdict::borderline: return "borderline";
    case ClaimVerdict::not_run: return "not run";
  }
  return "";
}

std::string family_text(const ClaimResult& result) {
  return fmt::format("in the family {} of {}", result.family,
                     count_text(result.family_size, "verdict"));
}

std::string registration_text(const ClaimResult& result) {
  if (!result.registered) return "not registered";
  const ClaimRegistered& made = *result.registered;
  std::string text = "registered " + made.at + ", before its first result";
  if (made.results_before > 0) {
    text = fmt::format("added later: registered {}, when {} of its {} were known", made.at,
                       made.results_before, count_text(result.cells, "result"));
  }
  if (made.earlier_forms > 0)
    text += fmt::format("; it replaces {}", count_text(made.earlier_forms, "earlier form"));
  return text;
}

std::string detectable_text(const ClaimResult& result) {
  if (!result.detectable || result.verdict != ClaimVerdict::undecided) return "";
  if (!std::isfinite(*result.detectable)) return "so little evidence could have shown no effect";
  return "the smallest effect that so much evidence would have shown is " +
         unsigned_effect_text(result, *result.detectable);
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
  if (result.pretraining_runs > 1)
    text += fmt::format(", {} of pre-training behind each start",
                        count_text(result.pretraining_runs, "run"));
  if (result.tasks.empty()) return text;
  text += result.effect.tasks_drawn  ? "; a draw of tasks"
          : result.tasks.size() == 1 ? "; of this task alone"
                                     : "; of these tasks alone";
  if (result.not_learned.empty()) return text;
  return text + fmt::format("; without {}, where by validation no tuned cell beats the baselines",
                            fmt::join(result.not_learned, ", "));
}

std::string explain(const ClaimResult& result) {
  std::string text = verdict_text(result);
  const bool judged = result.verdict != ClaimVerdict::not_run;
  if (!result.reason.empty()) text += ": " + result.reason;
  if (result.tasks.empty()) return text + ".";
  text += judged ? result.reason.empty() ? ": " : "; " : "; so far ";
  text +=
      fmt::format("effect {} (95 % interval {}) in {}, {}{}; {}",
                  effect_text(result, result.effect.estimate.mean),
                  effect_interval_text(result, result.effect.estimate), metric_text(result.metric),
                  scores_text(result, result.scores), apart_text(result), evidence_text(result));
  if (!judged) return text + ".";
  text += fmt::format("; p {}, {} corrected {} (Holm)", p_text(result.effect.p_value),
                      p_text(result.p_holm), family_text(result));
  const std::string detectable = detectable_text(result);
  return text + (detectable.empty() ? "" : "; " + detectable) + ".";
}

}  // namespace dovetail
