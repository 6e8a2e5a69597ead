// SPDX-License-Identifier: Apache-2.0
#include "analysis/report/use_words.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "analysis/report/decision_words.h"
#include "analysis/report/number_text.h"

namespace dovetail {

namespace {

using Comparisons = std::vector<const Comparison*>;

Comparisons compared(const Decision& decision, bool (*wanted)(const Comparison&)) {
  Comparisons found;
  for (const Comparison& comparison : decision.comparisons) {
    if (comparison.decisive && comparison.absent.empty() && wanted(comparison))
      found.push_back(&comparison);
  }
  return found;
}

std::string evidence(const Decision& decision) {
  const Estimate& score = decision.honest_score;
  return fmt::format("n = {}, {}, best of {}", count_text(score.items, "test example"),
                     count_text(score.seeds, "seed"), count_text(decision.candidates, "choice"));
}

// "200 test examples and 2 seeds"
std::string sample_text(const Decision& decision) {
  return fmt::format("{} and {}", count_text(decision.honest_score.items, "test example"),
                     count_text(decision.honest_score.seeds, "seed"));
}

std::string best_mean(const Decision& decision) {
  if (decision.by_validation) return "best validation mean";
  return decision.higher_is_better ? "highest mean" : "lowest mean";
}

const char* on_test_set(const Decision& decision) {
  return decision.by_validation ? "and on the test set " : "";
}

// Below so many degrees of freedom Student's interval is a fifth wider than the normal one.
constexpr double kFewDegrees = 7;

// Why an interval is wide that the examples do not explain.
std::string few_cells_text(const Decision& decision) {
  const Comparison* widest = nullptr;
  for (const Comparison* comparison :
       compared(decision, [](auto& c) { return !c.same && c.gain.runs_known; })) {
    if (comparison->gain.standard_error > 0 && comparison->gain.degrees < kFewDegrees &&
        (!widest || comparison->gain.degrees < widest->gain.degrees))
      widest = comparison;
  }
  if (!widest) return "";
  return fmt::format(
      " The intervals are wide because few cells tell how runs vary: {:.1f} degrees of freedom "
      "against {}; more seeds or more cells of the same tuning narrow them.",
      widest->gain.degrees, widest->label);
}

std::string stability(const Decision& decision) {
  if (decision.by_validation)
    return " It was chosen by validation examples; the test examples were scored once.";
  if (decision.halves == 0 || decision.candidates < 2) return "";
  return fmt::format(" {} was the best on {} of {} random halves of {}.", decision.recommended.text,
                     decision.times_chosen, decision.halves, halves_text(decision));
}

std::string costs_text(const Decision& decision, const Choice& other) {
  return fmt::format("{} instead of {}", seconds_text(other.cost.total()),
                     seconds_text(decision.recommended.cost.total()));
}

// "random start, at its best (0.400; gain +0.050 (...)), copy the input (...)"
std::string open_text(const Decision& decision) {
  std::vector<std::string> parts;
  for (const Comparison* comparison : compared(decision, [](auto& c) { return !c.better(); })) {
    if (comparison->same) continue;
    parts.push_back(fmt::format("{} ({}; {})", comparison->label,
                                score_text(comparison->score.mean), gain_text(*comparison)));
  }
  return fmt::format("{}", fmt::join(parts, ", "));
}

std::string highest_mean_text(const Decision& decision) {
  const std::string open = open_text(decision);
  return fmt::format(
      "{} has the {}, {}{} {}{}{} ({}).", decision.recommended.text, best_mean(decision),
      on_test_set(decision), score_text(decision.honest_score.mean), metric_text(decision.metric),
      open.empty() ? "" : ", but is not measurably better than ", open, evidence(decision));
}

std::string needed_text(const Decision& decision) {
  const Use& use = decision.use;
  std::string text;
  if (use.detectable && *use.detectable > 0) {
    text = fmt::format(
        " A true lead of {} would have been seen in four of five sweeps like this; a smaller one "
        "may be there.",
        score_text(*use.detectable));
  }
  text += few_cells_text(decision);
  if (!use.examples_needed) return text;
  return text + fmt::format(
                    " If the lead over {} stays as large, it takes at least {} test examples to be "
                    "measurable.",
                    use.needed_against, *use.examples_needed);
}

std::string explain_gain(const Decision& decision) {
  std::string text = fmt::format("It scores {} {}", score_text(decision.use.score.mean),
                                 metric_text(decision.metric));
  const Comparison* start = find_comparison(decision, "random_start");
  if (start && start->absent.empty()) {
    text += fmt::format(" against {} for random start: {}", score_text(start->score.mean),
                        gain_text(*start));
  } else {
    text += " (random start has not been scored)";
  }
  std::vector<std::string> beaten;
  for (const Comparison* comparison :
       compared(decision, [](auto& c) { return c.name != "random_start"; }))
    beaten.push_back(comparison->label);
  if (!beaten.empty()) text += fmt::format("; it measurably beats: {}", fmt::join(beaten, ", "));
  text += " (" + evidence(decision) + ")." + stability(decision) + few_cells_text(decision);
  if (decision.use.highest < kNearZero) text += " Even so, that is next to nothing.";
  if (!decision.cheaper) return text;
  return text + fmt::format(
                    " Cheaper and as good within {}: {} ({} {}; the lead over it is {}, "
                    "interval {}), for {}.",
                    score_text(decision.use.margin), decision.cheaper->text,
                    score_text(decision.cheaper->score.mean), metric_text(decision.metric),
                    signed_text(decision.cheaper_lead.mean), interval_text(decision.cheaper_lead),
                    costs_text(decision, *decision.cheaper));
}

std::string explain_baseline(const Decision& decision) {
  const Comparison& baseline = *find_comparison(decision, decision.use.choice->baseline);
  return fmt::format(
      "It scores {} {}, and the best tuned choice {} ({}): {} ({}). No tuned model of this sweep "
      "is "
      "worth its cost here.",
      score_text(decision.use.score.mean), metric_text(decision.metric),
      score_text(decision.honest_score.mean), decision.recommended.text, gain_text(baseline),
      evidence(decision));
}

std::string explain_alone(const Decision& decision) {
  return fmt::format(
      "It has the {}, {}{} {} ({}), but neither random start nor a baseline has been scored yet, "
      "so "
      "whether that is a gain is unknown.",
      best_mean(decision), on_test_set(decision), score_text(decision.honest_score.mean),
      metric_text(decision.metric), evidence(decision));
}

std::string explain_highest_mean(const Decision& decision) {
  const Comparison* start = find_comparison(decision, "random_start");
  const bool no_pretraining = start && start->same;
  return std::string(no_pretraining ? "It is random start: no pre-training that was tried helps. "
                                    : "No measurable difference, and nothing cheaper. ") +
         highest_mean_text(decision) + stability(decision) + needed_text(decision);
}

std::string explain_cheaper(const Decision& decision) {
  const Use& use = decision.use;
  return fmt::format("As good within {}, so the cheaper choice will do. ", score_text(use.margin)) +
         highest_mean_text(decision) + stability(decision) +
         fmt::format(
             " The cheaper choice scores {}; the lead over it is {} (interval {}), and it "
             "costs {}.",
             score_text(use.score.mean), signed_text(use.lead.mean), interval_text(use.lead),
             costs_text(decision, *use.choice));
}

std::string explain_near_zero(const Decision& decision) {
  return fmt::format(
      "of all that was compared, the highest score is {} {} ({}). Read the answers first (dovetail "
      "predictions); more training examples, more steps or a larger base model may help.",
      score_text(decision.use.highest), metric_text(decision.metric), evidence(decision));
}

std::string explain_too_few(const Decision& decision) {
  const std::string help =
      needed_text(decision).empty()
          ? std::string(" More test examples or seeds would tell, or choices that differ more.")
          : needed_text(decision);
  return fmt::format(
             "{} are too few to choose by: a cheaper choice is not measurably worse, and "
             "not as good within {} for certain. ",
             sample_text(decision), score_text(decision.use.margin)) +
         highest_mean_text(decision) + stability(decision) + help;
}

std::string explain_one_run(const Decision& decision) {
  return "One run of each cell: a gain, a loss or an equality cannot be told from the luck of a "
         "run. " +
         highest_mean_text(decision) + stability(decision) + " Two seeds or more would tell.";
}

std::string reasons(const Decision& decision) {
  switch (decision.use.reason) {
    case UseReason::measurable_gain: return explain_gain(decision);
    case UseReason::baseline_is_better: return explain_baseline(decision);
    case UseReason::nothing_to_compare: return explain_alone(decision) + stability(decision);
    case UseReason::highest_mean: return explain_highest_mean(decision);
    case UseReason::as_good_and_cheaper: return explain_cheaper(decision);
    case UseReason::near_zero: return explain_near_zero(decision);
    case UseReason::too_few_examples: return explain_too_few(decision);
    case UseReason::one_run: return explain_one_run(decision);
  }
  return "";
}

}  // namespace

std::string use_text(const Decision& decision) {
  if (decision.use.choice) return decision.use.choice->text;
  return decision.use.reason == UseReason::near_zero ? "Nothing works yet" : "Cannot be told yet";
}

std::string use_score_text(const Decision& decision) {
  return metric_text(decision.metric) + " " + score_text(decision.use.score.mean);
}

std::string use_note(const Decision& decision) {
  const Use& use = decision.use;
  const std::string highest =
      fmt::format("{}: {}, {}", best_mean(decision), decision.recommended.text,
                  score_text(decision.honest_score.mean));
  switch (use.reason) {
    case UseReason::measurable_gain:
      return decision.cheaper ? "cheaper, and as good: " + decision.cheaper->text : "";
    case UseReason::highest_mean: return "";
    case UseReason::nothing_to_compare: return "compared with no baseline yet";
    case UseReason::baseline_is_better:
      return "best tuned choice: " + decision.recommended.text + ", " +
             score_text(decision.honest_score.mean);
    case UseReason::as_good_and_cheaper:
      return fmt::format("the cheaper choice, {}; {}", costs_text(decision, *use.choice), highest);
    case UseReason::near_zero:
      return fmt::format("the highest score of all is {}", score_text(use.highest));
    case UseReason::too_few_examples:
      return fmt::format("{} are too few; {}", sample_text(decision), highest);
    case UseReason::one_run: return "one run of each cell: no gain can be told from luck";
  }
  return "";
}

std::string explain(const Decision& decision) {
  const std::string use = use_text(decision);
  return (decision.use.choice ? "Use " + use + ". " : use + ": ") + reasons(decision);
}

}  // namespace dovetail
