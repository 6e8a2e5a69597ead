// SPDX-License-Identifier: Apache-2.0
#include "analysis/report/decision_words.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "analysis/report/number_text.h"

namespace dovetail {

namespace {

std::vector<std::string> labels_of(const std::vector<const Comparison*>& comparisons) {
  std::vector<std::string> labels;
  for (const Comparison* comparison : comparisons) labels.push_back(comparison->label);
  return labels;
}

std::vector<const Comparison*> decisive(const Decision& decision,
                                        bool (*wanted)(const Comparison&)) {
  std::vector<const Comparison*> found;
  for (const Comparison& comparison : decision.comparisons) {
    if (comparison.decisive && comparison.absent.empty() && wanted(comparison)) {
      found.push_back(&comparison);
    }
  }
  return found;
}

std::string evidence(const Decision& decision) {
  return fmt::format("n = {} test examples, {}, best of {} choices", decision.honest_score.items,
                     count_text(decision.honest_score.seeds, "seed"), decision.candidates);
}

std::string explain_gain(const Decision& decision) {
  std::string text =
      fmt::format("Use {}. It scores {} {}", decision.recommended.text,
                  score_text(decision.honest_score.mean), metric_text(decision.metric));
  const Comparison* start = find_comparison(decision, "random_start");
  if (start && start->absent.empty()) {
    text += fmt::format(" against {} for random start: {}", score_text(start->score.mean),
                        gain_text(*start));
  } else {
    text += " (random start has not been scored)";
  }
  const auto beaten = decisive(decision, [](auto& c) { return c.name != "random_start"; });
  if (!beaten.empty())
    text += fmt::format("; it measurably beats: {}", fmt::join(labels_of(beaten), ", "));
  return text + " (" + evidence(decision) + ").";
}

std::string explain_no_difference(const Decision& decision) {
  const auto open = decisive(decision, [](auto& c) { return !c.better(); });
  const bool only_itself = open.size() == 1 && open[0]->same;
  if (only_itself) {
    return fmt::format(
        "No measurable difference: random start ({}) itself has the highest mean, {} {}, so "
        "no pre-training that was tried helps here ({}).",
        decision.recommended.text, score_text(decision.honest_score.mean),
        metric_text(decision.metric), evidence(decision));
  }
  std::string text = fmt::format(
      "No measurable difference: {} has the highest mean, {} {}, but is not measurably better than",
      decision.recommended.text, score_text(decision.honest_score.mean),
      metric_text(decision.metric));
  std::string separator = " ";
  for (const Comparison* comparison : open) {
    if (comparison->same) continue;
    text += fmt::format("{}{} ({}; {})", separator, comparison->label,
                        score_text(comparison->score.mean), gain_text(*comparison));
    separator = ", ";
  }
  return text + " (" + evidence(decision) + ").";
}

std::string explain_baseline(const Decision& decision) {
  const auto worse =
      decisive(decision, [](auto& c) { return c.worse() && c.name != "random_start"; });
  const Comparison* best = *std::min_element(
      worse.begin(), worse.end(), [](auto* a, auto* b) { return a->gain.mean < b->gain.mean; });
  return fmt::format(
      "Use no tuned model of this sweep: the baseline \"{}\" scores {} {}, more than the best "
      "cells ({}, {}): {} ({}).",
      best->label, score_text(best->score.mean), metric_text(decision.metric),
      decision.recommended.text, score_text(decision.honest_score.mean), gain_text(*best),
      evidence(decision));
}

std::string explain_alone(const Decision& decision) {
  return fmt::format(
      "{} has the highest mean, {} {} ({}), but neither random start nor a baseline has been "
      "scored yet, so whether that is a gain is unknown.",
      decision.recommended.text, score_text(decision.honest_score.mean),
      metric_text(decision.metric), evidence(decision));
}

std::string explain_cheaper(const Decision& decision) {
  const double own = decision.recommended.cost.total();
  if (!decision.cheaper) {
    return decision.verdict == Verdict::no_measurable_difference
               ? fmt::format(" Nothing cheaper does as well; it costs {}.", seconds_text(own))
               : "";
  }
  const Choice& cheaper = *decision.cheaper;
  return fmt::format(
      " The cheaper choice: {}, not measurably worse ({} {}; the lead over it is {}, interval {}), "
      "for {} instead of {}.",
      cheaper.text, score_text(cheaper.score.mean), metric_text(decision.metric),
      signed_text(decision.cheaper_lead.mean), interval_text(decision.cheaper_lead),
      seconds_text(cheaper.cost.total()), seconds_text(own));
}

}  // namespace

std::string gain_text(const Comparison& comparison) {
  return fmt::format("{}{} ({}95 % interval {})", comparison.gain.mean < 0 ? "loss " : "gain ",
                     signed_text(comparison.gain.mean),
                     comparison.relative_gain ? percent_text(*comparison.relative_gain) + ", " : "",
                     interval_text(comparison.gain));
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

std::string explain(const Decision& decision) {
  const std::string stability =
      decision.halves == 0 || decision.verdict == Verdict::baseline_better
          ? ""
          : fmt::format(" It was the best on {} of {} random halves of the test examples.",
                        decision.times_chosen, decision.halves);
  switch (decision.verdict) {
    case Verdict::gain: return explain_gain(decision) + stability + explain_cheaper(decision);
    case Verdict::no_measurable_difference:
      return explain_no_difference(decision) + stability + explain_cheaper(decision);
    case Verdict::baseline_better: return explain_baseline(decision);
    case Verdict::nothing_to_compare: return explain_alone(decision) + stability;
  }
  return "";
}

}  // namespace dovetail
