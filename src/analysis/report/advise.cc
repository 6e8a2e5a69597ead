// SPDX-License-Identifier: Apache-2.0
#include "analysis/report/advise.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <set>

#include "analysis/report/asked_task.h"
#include "analysis/report/number_text.h"
#include "analysis/report/selector_words.h"
#include "analysis/report/use_words.h"
#include "base/error.h"
#include "base/names.h"

namespace dovetail {

namespace {

// The first number in a label ("examples16" -> 16); 0 where there is none.
double number_in(const std::string& label) {
  const size_t begin = label.find_first_of("0123456789");
  if (begin == std::string::npos) return 0;
  double value = 0;
  std::from_chars(label.data() + begin, label.data() + label.size(), value);
  return value;
}

bool is_number(const std::string& text) {
  return !text.empty() && text.find_first_not_of("0123456789.") == std::string::npos &&
         number_in(text) > 0;
}

// Distances are ratios: 16 is nearer to 30 than to 6.
std::string nearest_size(const std::vector<std::string>& sizes, double wanted,
                         const TrainExamples& examples) {
  std::string best;
  double best_distance = 0;
  for (const std::string& size : sizes) {
    const auto counted = examples.find(size);
    const double number = counted == examples.end() ? number_in(size) : counted->second;
    if (number <= 0) continue;
    const double distance = std::abs(std::log(number / wanted));
    if (best.empty() || distance < best_distance) {
      best = size;
      best_distance = distance;
    }
  }
  return best;
}

// The training examples that the cells of a task counted, by train size; gives "all" a number.
TrainExamples examples_of(const Analysis& analysis, const std::string& task) {
  TrainExamples examples;
  for (const CellGroup& group : analysis.groups) {
    if (group.task != task || group.train_size.empty()) continue;
    for (const CellResult& cell : group.cells) {
      if (cell.state != CellState::finished || !cell.record->metrics.contains("train_examples"))
        continue;
      examples[group.train_size] = cell.record->metrics.at("train_examples");
    }
  }
  return examples;
}

}  // namespace

std::string resolve_size(const std::vector<std::string>& sizes, const std::string& asked,
                         const TrainExamples& examples) {
  if (asked.empty() || std::find(sizes.begin(), sizes.end(), asked) != sizes.end()) return asked;
  const std::string nearest =
      is_number(asked) ? nearest_size(sizes, number_in(asked), examples) : "";
  if (nearest.empty()) {
    throw_<ConfigError>("the sweep has no train size \"{}\"; {}", asked,
                        did_you_mean(asked, sizes));
  }
  return nearest;
}

namespace {

// The choices of the selectors, which need no tuned model. Baselines are left out, and so is who
// has nothing to choose by, but for a count.
std::string advice_of_selectors(const Analysis& analysis, const std::string& task,
                                const std::string& size) {
  std::string text;
  std::set<std::string> without;
  for (const SelectorResult& result : analysis.selectors) {
    if (result.selector->baseline) continue;
    for (const SelectorCase& found : result.cases) {
      if (found.task != task || (!size.empty() && found.train_size != size)) continue;
      if (!found.selection.absent.empty()) {
        without.insert(result.selector->name);
        continue;
      }
      text += fmt::format("  {} ({}, {}): {}\n", result.selector->name, found.train_size,
                          found.tuning, explain(found));
    }
  }
  if (!text.empty())
    text = "Choices of the selectors for " + task + ", made before tuning on it:\n" + text;
  if (without.empty()) return text;
  return text + fmt::format("{} chose nothing: {}.\n", count_text(std::ssize(without), "selector"),
                            analysis.plan->probes.empty()
                                ? "the sweep has no [select], whose probes they read"
                                : "the report says why");
}

}  // namespace

std::string advise(const Analysis& analysis, const std::string& asked, const std::string& size) {
  const std::string task = resolve_task(*analysis.plan, asked);
  const std::string chosen =
      resolve_size(analysis.labels("train_size"), size, examples_of(analysis, task));
  std::string text;
  if (chosen != size) {
    text += fmt::format("The sweep did not run size {}; the nearest it has is {}.\n", size, chosen);
  }
  bool found = false;
  for (const Decision& decision : analysis.decisions) {
    if (decision.task != task || (!chosen.empty() && decision.train_size != chosen)) continue;
    text += fmt::format("{} at {}: {}\n", decision.task, decision.train_size, explain(decision));
    found = true;
  }
  if (!found) {
    throw_<ConfigError>("nothing of task {}{} has finished yet; continue the run, then ask again",
                        task, chosen.empty() ? "" : " at " + chosen);
  }
  text += advice_of_selectors(analysis, task, chosen);
  const RunFacts& facts = analysis.facts;
  if (facts.cells_missing + facts.cells_failed > 0) {
    text += fmt::format("Of the sweep's {}, {} have not run and {} failed.\n",
                        count_text(facts.cells, "cell"), facts.cells_missing, facts.cells_failed);
  }
  return text;
}

}  // namespace dovetail
