// SPDX-License-Identifier: Apache-2.0
#include "analysis/report/lessons.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "analysis/report/decision_words.h"
#include "analysis/report/number_text.h"
#include "analysis/report/use_words.h"

namespace dovetail {

namespace {

using DecisionList = std::vector<const Decision*>;

DecisionList with_reason(const Analysis& analysis, UseReason reason) {
  DecisionList found;
  for (const Decision& decision : analysis.decisions) {
    if (decision.use.reason == reason) found.push_back(&decision);
  }
  return found;
}

std::string case_text(const Decision& decision) {
  return fmt::format("{} ({})", decision.task, decision.train_size);
}

std::string lesson_of_gains(const Analysis& analysis, const DecisionList& gains) {
  const size_t all = analysis.decisions.size();
  if (all == 1) {
    return fmt::format(
        "On {}, {} measurably beats random start and every baseline, as far as these "
        "were run.",
        case_text(analysis.decisions.front()),
        gains.empty() ? "no choice" : "the recommended choice");
  }
  if (gains.empty()) {
    return fmt::format(
        "In none of the {} cases (a task at an amount of training data) does any choice measurably "
        "beat both random start and every baseline.",
        all);
  }
  return fmt::format(
      "In {} of {} cases (a task at an amount of training data) the recommended choice measurably "
      "beats random start and every baseline, as far as these were run.",
      gains.size(), all);
}

std::string lesson_of_largest(const DecisionList& gains) {
  const Decision* largest = nullptr;
  const Comparison* by = nullptr;
  for (const Decision* decision : gains) {
    const Comparison* start = find_comparison(*decision, "random_start");
    if (!start || !start->absent.empty()) continue;
    if (!by || start->gain.mean > by->gain.mean) {
      largest = decision;
      by = start;
    }
  }
  if (!largest) return "";
  return fmt::format("The largest gain over random start: {} on {} ({}), {} {} against {}; {}.",
                     largest->recommended.text, largest->task, largest->train_size,
                     score_text(largest->honest_score.mean), metric_text(largest->metric),
                     score_text(by->score.mean), gain_text(*by));
}

// "prefix_lm 7 times, span_corruption 3 times", the most frequent first.
std::string tally(const DecisionList& decisions, std::string Choice::*part) {
  std::map<std::string, int64_t> counts;
  for (const Decision* decision : decisions) ++counts[decision->recommended.*part];
  std::vector<std::pair<std::string, int64_t>> order(counts.begin(), counts.end());
  std::stable_sort(order.begin(), order.end(),
                   [](auto& a, auto& b) { return a.second > b.second; });
  std::vector<std::string> parts;
  for (const auto& [name, count] : order) parts.push_back(fmt::format("{} {}×", name, count));
  return fmt::format("{}", fmt::join(parts, ", "));
}

// Without a test that they differ at all, the best of the cells is the best of their luck.
std::string lesson_of_choices(const DecisionList& gains) {
  DecisionList differing;
  std::ranges::copy_if(gains, std::back_inserter(differing),
                       [](auto* decision) { return cells_differ(*decision); });
  if (gains.size() < 2) return "";
  if (differing.size() < 2)
    return "No choice is called a winner: in fewer than two of these cases do the cells differ at "
           "all (F test, 5 %).";
  return fmt::format(
      "Where there is a gain and the cells differ at all (F test, 5 %; {} of {} cases), the best "
      "means were: objective {}; template {}; tuning {}. The test is of all choices together, not "
      "of any two.",
      differing.size(), gains.size(), tally(differing, &Choice::start),
      tally(differing, &Choice::template_name), tally(differing, &Choice::tuning));
}

std::string lesson_of_cheaper(const DecisionList& gains) {
  const auto cheaper = std::count_if(gains.begin(), gains.end(),
                                     [](auto* decision) { return decision->cheaper.has_value(); });
  if (cheaper == 0) return "";
  if (gains.size() == 1) return "A cheaper choice is as good; the table names it.";
  return fmt::format("In {} of these {} cases a cheaper choice is as good; the table names it.",
                     cheaper, gains.size());
}

// What stands before the list of the cases without a gain; "" for a gain.
std::string heading_of(UseReason reason) {
  switch (reason) {
    case UseReason::measurable_gain: return "";
    case UseReason::baseline_is_better:
      return "A baseline without any tuning measurably beats the best tuned choice";
    case UseReason::nothing_to_compare:
      return "Neither random start nor a baseline has been scored yet";
    case UseReason::highest_mean: return "No measurable difference, and nothing cheaper to take";
    case UseReason::as_good_and_cheaper:
      return "As good within the margin, so take the cheaper choice";
    case UseReason::near_zero:
      return "Nothing works yet, every score is near zero (`dovetail predictions` prints the "
             "answers)";
    case UseReason::too_few_examples:
      return "Cannot be told yet, the test examples and seeds are too few for the differences seen";
    case UseReason::one_run:
      return "Best mean of one run each, which the luck of a run may explain";
  }
  return "";
}

// "No measurable difference, so take the cheaper choice: wordnet.antonym (all): baseline: copy."
std::string lesson_of(const Analysis& analysis, UseReason reason) {
  std::vector<std::string> cases;
  for (const Decision* decision : with_reason(analysis, reason)) {
    cases.push_back(case_text(*decision) +
                    (decision->use.choice ? ": " + use_text(*decision) : std::string()));
  }
  const std::string heading = heading_of(reason);
  if (cases.empty() || heading.empty()) return "";
  return fmt::format("{}: {}.", heading, fmt::join(cases, "; "));
}

}  // namespace

std::vector<std::string> lessons(const Analysis& analysis) {
  if (analysis.decisions.empty()) {
    return {
        "Nothing yet: no task has a finished cell. Run the sweep, then write the report again."};
  }
  const DecisionList gains = with_reason(analysis, UseReason::measurable_gain);
  std::vector<std::string> all{lesson_of_gains(analysis, gains), lesson_of_largest(gains),
                               lesson_of_choices(gains), lesson_of_cheaper(gains)};
  for (const UseReason reason :
       {UseReason::as_good_and_cheaper, UseReason::highest_mean, UseReason::too_few_examples,
        UseReason::near_zero, UseReason::baseline_is_better, UseReason::nothing_to_compare,
        UseReason::one_run})
    all.push_back(lesson_of(analysis, reason));
  std::erase(all, "");
  return all;
}

}  // namespace dovetail
