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
    all.push_back(fmt::format("Not scored in {} of {} cases, so not part of their verdict: {}.",
                              count, analysis.decisions.size(), label));
  }
}

// For each task the cell that lost a part of the most sources.
void add_cut_sources(const Analysis& analysis, Caveats& all) {
  std::map<std::string, double> most;
  for (const CellGroup& group : analysis.groups) {
    for (const CellResult& cell : group.cells) {
      if (cell.state != CellState::finished || !cell.record->metrics.contains("sources_cut"))
        continue;
      const double rows = cell.record->metrics.at("sources_cut");
      if (rows > 0) most[group.task] = std::max(most[group.task], rows);
    }
  }
  for (const auto& [task, rows] : most) {
    all.push_back(fmt::format(
        "Of task {} up to {:.0f} rows of a cell, in training and test together, were longer than "
        "max_source_length and lost a part.",
        task, rows));
  }
}

void add_plan_notes(const Plan& plan, Caveats& all) {
  for (const std::string& note : plan.notes) all.push_back(note + ".");
}

void add_few_seeds(size_t seeds, Caveats& all) {
  if (seeds == 1) {
    all.push_back(
        "One seed: the intervals show how much the scores depend on the test examples, but not how "
        "much they would change with another seed.");
  } else if (seeds < 5) {
    all.push_back(fmt::format(
        "{} seeds are few: the spread between seeds enters the intervals, but is known badly "
        "and rather understated. Take gains that are only just measurable with care.",
        seeds));
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
  add_cut_sources(analysis, all);
  add_plan_notes(*analysis.plan, all);
  add_few_seeds(analysis.labels("seed").size(), all);
  add_shared_pretraining(analysis.facts, all);
  add_versions(analysis.facts, all);
  return all;
}

}  // namespace dovetail
