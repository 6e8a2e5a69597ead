// SPDX-License-Identifier: Apache-2.0
#include "analysis/report/lessons.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "analysis/report/decision_words.h"
#include "analysis/report/number_text.h"

namespace dovetail {

namespace {

using DecisionList = std::vector<const Decision*>;

DecisionList with_verdict(const Analysis& analysis, Verdict verdict) {
  DecisionList found;
  for (const Decision& decision : analysis.decisions) {
    if (decision.verdict == verdict) found.push_back(&decision);
  }
  return found;
}

std::string list(const DecisionList& decisions) {
  std::vector<std::string> names;
  for (const Decision* decision : decisions) {
    names.push_back(fmt::format("{} ({})", decision->task, decision->train_size));
  }
  return fmt::format("{}", fmt::join(names, ", "));
}

std::string lesson_of_gains(const Analysis& analysis, const DecisionList& gains) {
  const size_t all = analysis.decisions.size();
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

std::string lesson_of_choices(const DecisionList& gains) {
  if (gains.size() < 2) return "";
  return fmt::format(
      "Where there is a gain, the winners were: objective {}; template {}; tuning {}.",
      tally(gains, &Choice::start), tally(gains, &Choice::template_name),
      tally(gains, &Choice::tuning));
}

std::string lesson_of_cheaper(const DecisionList& gains) {
  const auto cheaper = std::count_if(gains.begin(), gains.end(),
                                     [](auto* decision) { return decision->cheaper.has_value(); });
  if (cheaper == 0) return "";
  return fmt::format(
      "In {} of these {} cases a cheaper choice is not measurably worse; the table names it.",
      cheaper, gains.size());
}

}  // namespace

std::vector<std::string> lessons(const Analysis& analysis) {
  if (analysis.decisions.empty()) {
    return {
        "Nothing yet: no task has a finished cell. Run the sweep, then write the report again."};
  }
  const DecisionList gains = with_verdict(analysis, Verdict::gain);
  std::vector<std::string> all{lesson_of_gains(analysis, gains), lesson_of_largest(gains),
                               lesson_of_choices(gains), lesson_of_cheaper(gains)};
  const DecisionList ties = with_verdict(analysis, Verdict::no_measurable_difference);
  if (!ties.empty()) {
    all.push_back(
        fmt::format("No measurable difference, so take the cheaper choice: {}.", list(ties)));
  }
  const DecisionList baselines = with_verdict(analysis, Verdict::baseline_better);
  if (!baselines.empty()) {
    all.push_back(fmt::format("A baseline without any tuning is better than every cell: {}.",
                              list(baselines)));
  }
  const DecisionList alone = with_verdict(analysis, Verdict::nothing_to_compare);
  if (!alone.empty()) {
    all.push_back(
        fmt::format("Neither random start nor a baseline has been scored yet: {}.", list(alone)));
  }
  std::erase(all, "");
  return all;
}

}  // namespace dovetail
