// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "analysis/report/words.h"

namespace dovetail {

namespace {

using Situations = std::vector<const Decision*>;

Situations with_verdict(const Analysis& analysis, Verdict verdict) {
  Situations found;
  for (const Decision& decision : analysis.decisions) {
    if (decision.verdict == verdict) found.push_back(&decision);
  }
  return found;
}

std::string list(const Situations& situations) {
  std::vector<std::string> names;
  for (const Decision* decision : situations) {
    names.push_back(fmt::format("{} ({})", decision->task, decision->train_size));
  }
  return fmt::format("{}", fmt::join(names, ", "));
}

std::string lesson_of_gains(const Analysis& analysis, const Situations& gains) {
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

std::string lesson_of_largest(const Situations& gains) {
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
std::string tally(const Situations& situations, std::string Choice::*part) {
  std::map<std::string, int64_t> counts;
  for (const Decision* decision : situations) ++counts[decision->recommended.*part];
  std::vector<std::pair<std::string, int64_t>> order(counts.begin(), counts.end());
  std::stable_sort(order.begin(), order.end(),
                   [](auto& a, auto& b) { return a.second > b.second; });
  std::vector<std::string> parts;
  for (const auto& [name, count] : order) parts.push_back(fmt::format("{} {}×", name, count));
  return fmt::format("{}", fmt::join(parts, ", "));
}

std::string lesson_of_choices(const Situations& gains) {
  if (gains.size() < 2) return "";
  return fmt::format(
      "Where there is a gain, the winners were: objective {}; template {}; tuning {}.",
      tally(gains, &Choice::start), tally(gains, &Choice::template_name),
      tally(gains, &Choice::tuning));
}

std::string lesson_of_cheaper(const Situations& gains) {
  const auto cheaper = std::count_if(gains.begin(), gains.end(),
                                     [](auto* decision) { return decision->cheaper.has_value(); });
  if (cheaper == 0) return "";
  return fmt::format(
      "In {} of these {} cases a cheaper choice is not measurably worse; the table names it.",
      cheaper, gains.size());
}

// The comparisons that a verdict should rest on and could not, with the number of cases.
std::map<std::string, int64_t> absent_comparisons(const Analysis& analysis) {
  std::map<std::string, int64_t> absent;
  for (const Decision& decision : analysis.decisions) {
    for (const Comparison& comparison : decision.comparisons) {
      if (comparison.decisive && !comparison.absent.empty()) ++absent[comparison.label];
    }
  }
  return absent;
}

}  // namespace

std::vector<std::string> lessons(const Analysis& analysis) {
  if (analysis.decisions.empty()) {
    return {
        "Nothing yet: no task has a finished cell. Run the sweep, then write the report again."};
  }
  const Situations gains = with_verdict(analysis, Verdict::gain);
  std::vector<std::string> all{lesson_of_gains(analysis, gains), lesson_of_largest(gains),
                               lesson_of_choices(gains), lesson_of_cheaper(gains)};
  const Situations ties = with_verdict(analysis, Verdict::no_measurable_difference);
  if (!ties.empty()) {
    all.push_back(
        fmt::format("No measurable difference, so take the cheaper choice: {}.", list(ties)));
  }
  const Situations baselines = with_verdict(analysis, Verdict::baseline_better);
  if (!baselines.empty()) {
    all.push_back(fmt::format("A baseline without any tuning is better than every cell: {}.",
                              list(baselines)));
  }
  const Situations alone = with_verdict(analysis, Verdict::nothing_to_compare);
  if (!alone.empty()) {
    all.push_back(
        fmt::format("Neither random start nor a baseline has been scored yet: {}.", list(alone)));
  }
  std::erase(all, "");
  return all;
}

namespace {

// By task, the most of any cell.
std::map<std::string, double> cut_sources(const Analysis& analysis) {
  std::map<std::string, double> most;
  for (const CellGroup& group : analysis.groups) {
    for (const CellResult& cell : group.cells) {
      if (cell.state != CellState::finished || !cell.record->metrics.contains("sources_cut"))
        continue;
      const double rows = cell.record->metrics.at("sources_cut");
      if (rows > 0) most[group.task] = std::max(most[group.task], rows);
    }
  }
  return most;
}

}  // namespace

std::vector<std::string> caveats(const Analysis& analysis) {
  const RunFacts& facts = analysis.facts;
  std::vector<std::string> all;
  if (facts.cells_missing > 0) {
    all.push_back(fmt::format(
        "This run is not finished: {} of {} cells have no result yet. Every number below may "
        "still change; the same command goes on with the run.",
        facts.cells_missing, facts.cells));
  }
  if (facts.cells_failed > 0) {
    all.push_back(fmt::format(
        "{} of {} cells failed; their reasons are listed under Failures. A choice that lacks a "
        "seed is not compared.",
        facts.cells_failed, facts.cells));
  }
  for (const auto& [label, count] : absent_comparisons(analysis)) {
    all.push_back(fmt::format("Not scored in {} of {} cases, so not part of their verdict: {}.",
                              count, analysis.decisions.size(), label));
  }
  for (const auto& [task, rows] : cut_sources(analysis)) {
    all.push_back(fmt::format(
        "Of task {} up to {:.0f} rows of a cell, in training and test together, were longer than "
        "max_source_length and lost a part.",
        task, rows));
  }
  const size_t seeds = analysis.labels("seed").size();
  if (seeds == 1) {
    all.push_back(
        "One seed: the intervals say how much the scores depend on the test examples, and nothing "
        "of how "
        "much they would change with another seed.");
  } else if (seeds < 5) {
    all.push_back(fmt::format(
        "{} seeds are few: the spread between seeds enters the intervals, but is known badly "
        "and rather understated. Take gains that are only just measurable with care.",
        seeds));
  }
  if (!facts.pretrained_once.empty()) {
    all.push_back(fmt::format(
        "Each of these objectives was pre-trained once, and all its cells start from that one "
        "run: {}. What another pre-training run would change is not in the intervals.",
        fmt::join(facts.pretrained_once, ", ")));
  }
  const auto commits = facts.provenance.find("commit");
  if (commits != facts.provenance.end() && commits->second.size() > 1) {
    all.push_back(fmt::format("The results come from {} versions of the code: {}.",
                              commits->second.size(), fmt::join(commits->second, ", ")));
  }
  return all;
}

}  // namespace dovetail
