// SPDX-License-Identifier: Apache-2.0
#include "analysis/report/caveats.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace dovetail {

namespace {

using Caveats = std::vector<std::string>;

void add_unfinished(const RunFacts& facts, Caveats& all) {
  if (facts.cells_missing > 0) {
    all.push_back(fmt::format(
        "This run is not finished: {} of {} cells have no result yet. Every number below may "
        "still change; the same command continues the run{}.",
        facts.cells_missing, facts.cells, facts.command.empty() ? "" : ": " + facts.command));
  }
  if (facts.cells_failed > 0) {
    all.push_back(fmt::format(
        "{} of {} cells failed; their reasons are listed under Failures. A choice that lacks a "
        "seed is not compared.",
        facts.cells_failed, facts.cells));
  }
}

// Decisive comparisons without a score; they are missing from the verdicts.
void add_absent_comparisons(const Analysis& analysis, Caveats& all) {
  std::map<std::string, int64_t> absent;
  for (const Decision& decision : analysis.decisions) {
    for (const Comparison& comparison : decision.comparisons) {
      if (comparison.decisive && !comparison.absent.empty()) ++absent[comparison.label];
    }
  }
  for (const auto& [label, count] : absent) {
    const size_t all_cases = analysis.decisions.size();
    const bool everywhere = count == std::ssize(analysis.decisions);
    all.push_back(everywhere ? fmt::format("Not scored, so part of no verdict: {}.", label)
                             : fmt::format("Not scored in {} of {} cases, so not part of their "
                                           "verdict: {}.",
                                           count, all_cases, label));
  }
}

// The rows of each task's cell that lost a part of the most of them.
void add_cut_rows(const Analysis& analysis, const char* metric, const char* what, Caveats& all) {
  std::map<std::string, double> most;
  for (const CellGroup& group : analysis.groups) {
    for (const CellResult& cell : group.cells) {
      if (cell.state != CellState::finished || !cell.record->metrics.contains(metric)) continue;
      const double rows = cell.record->metrics.at(metric);
      if (rows > 0) most[group.task] = std::max(most[group.task], rows);
    }
  }
  if (most.empty()) return;
  std::vector<std::string> tasks;
  for (const auto& [task, rows] : most) tasks.push_back(fmt::format("{} {:.0f}", task, rows));
  all.push_back(
      fmt::format("{} (rows of the cell that lost the most, in training and test together; a row "
                  "for each reference or choice that the model reads): {}.",
                  what, fmt::join(tasks, ", ")));
}

// Below this many, `data verify` warns too.
constexpr int64_t kFewTestExamples = 100;
constexpr size_t kMostTasksNamed = 5;

void add_few_test_examples(const Analysis& analysis, Caveats& all) {
  std::vector<std::string> tasks;
  for (const Decision& decision : analysis.decisions) {
    const int64_t items = decision.honest_score.items;
    const auto traits = traits_of(analysis.plan->metric_traits, decision.metric);
    if (items >= kFewTestExamples || traits.corpus_level) continue;
    const std::string task = fmt::format("{} ({})", decision.task, items);
    if (std::ranges::find(tasks, task) == tasks.end()) tasks.push_back(task);
  }
  if (tasks.empty()) return;
  const size_t named = std::min(tasks.size(), kMostTasksNamed);
  const std::string more =
      tasks.size() > named ? fmt::format(" and {} more", tasks.size() - named) : "";
  tasks.resize(named);
  all.push_back(
      fmt::format("Fewer than {} test examples: {}{}. Only large differences are measurable there.",
                  kFewTestExamples, fmt::join(tasks, ", "), more));
}

void add_plan_notes(const Plan& plan, Caveats& all) {
  for (const std::string& note : plan.notes) all.push_back(note + ".");
}

void add_few_seeds(const Analysis& analysis, Caveats& all) {
  const size_t seeds = analysis.labels("seed").size();
  if (seeds == 1) {
    all.push_back(
        "One seed: nothing tells how much a score would change with another run. The intervals are "
        "of the test examples alone, the scores to expect still hold the luck of having picked the "
        "luckiest run, and no gain, equality or star is stated.");
  } else if (seeds == 2) {
    all.push_back(
        "Two seeds: how much runs vary is learnt from all cells of a task and tuning together. Two "
        "runs cannot say whether one choice varies more than the others, and hardly what a seed "
        "does to all cells alike, so the intervals of single scores are wide.");
    if (!std::ranges::all_of(analysis.decisions, &Decision::by_validation))
      all.back() += " A choice is made on one run and tested on the other.";
  }
}

void add_shared_pretraining(const RunFacts& facts, Caveats& all) {
  if (facts.pretrained_once.empty()) return;
  all.push_back(fmt::format(
      "Each of these objectives was pre-trained once, and all its cells start from that one "
      "run: {}. The effect of another pre-training run is not in the intervals.",
      fmt::join(facts.pretrained_once, ", ")));
}

void add_versions(const RunFacts& facts, Caveats& all) {
  const auto commits = facts.provenance.find("commit");
  if (commits == facts.provenance.end() || commits->second.size() < 2) return;
  all.push_back(fmt::format("The results come from {} versions of the code: {}.",
                            commits->second.size(), fmt::join(commits->second, ", ")));
}

}  // namespace

std::vector<std::string> caveats(const Analysis& analysis) {
  Caveats all;
  add_unfinished(analysis.facts, all);
  add_absent_comparisons(analysis, all);
  add_few_test_examples(analysis, all);
  add_cut_rows(analysis, "sources_cut",
               "Sources that were longer than max_source_length lost a part", all);
  add_cut_rows(analysis, "targets_cut",
               "Targets that were longer than max_target_length lost their end", all);
  add_plan_notes(*analysis.plan, all);
  add_few_seeds(analysis, all);
  add_shared_pretraining(analysis.facts, all);
  add_versions(analysis.facts, all);
  return all;
}

}  // namespace dovetail
