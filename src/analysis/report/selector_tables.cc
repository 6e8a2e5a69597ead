// SPDX-License-Identifier: Apache-2.0
#include "analysis/report/selector_tables.h"

namespace dovetail {

namespace {

std::vector<std::string> baseline_selectors() {
  std::vector<std::string> names;
  for (const Selector& selector : selectors()) {
    if (selector.baseline) names.push_back(selector.name);
  }
  return names;
}

void append_summary(CsvRow& row, const SelectorSummary& summary) {
  row.insert(row.end(), {csv_number(summary.regret.tasks), csv_number(summary.cases),
                         csv_number(summary.times_best), csv_number(summary.chance_of_best),
                         csv_number(summary.score), csv_number(summary.best_score),
                         csv_number(summary.examples)});
  append(row, summary.regret.estimate);
  row.emplace_back(summary.regret.tasks_drawn ? "yes" : "no");
  for (const std::string& name : baseline_selectors()) {
    const auto against = summary.against.find(name);
    if (against == summary.against.end()) {
      row.insert(row.end(), 4, "");
      continue;
    }
    append(row, against->second.estimate);
    row.push_back(csv_number(against->second.p_value));
  }
}

// The columns from "objective" to "regret_high".
void append_choice(CsvRow& row, const SelectorCase& found) {
  const Selection& selection = found.selection;
  const Candidate& choice = selection.choice;
  row.insert(row.end(), {choice.objective, choice.adaptation, choice.template_name,
                         csv_number(selection.confidence), selection.statistic});
  if (selection.value)
    append(row, *selection.value);
  else
    row.insert(row.end(), 3, "");
  append(row, found.score);
  row.insert(row.end(),
             {choice_text(found.best), csv_number(found.best_score), found.is_best ? "yes" : "no"});
  append(row, found.regret);
}

}  // namespace

CsvRows selectors_table(const std::vector<SelectorResult>& results) {
  CsvRows rows{{"selector", "source", "is_baseline", "tasks", "cases", "times_best",
                "chance_of_best", "score", "best_score", "labelled_examples", "regret",
                "regret_low", "regret_high", "tasks_drawn"}};
  for (const std::string& name : baseline_selectors()) {
    for (const char* part : {"", "_low", "_high", "_p"})
      rows[0].push_back("better_than_" + name + part);
  }
  for (const SelectorResult& result : results) {
    CsvRow row{result.selector->name, result.selector->source,
               result.selector->baseline ? "yes" : "no"};
    if (result.summary) append_summary(row, *result.summary);
    rows.push_back(std::move(row));
  }
  return rows;
}

CsvRows selectors_by_task_table(const std::vector<SelectorResult>& results) {
  CsvRows rows{{"selector",   "task",     "train_size", "tuning",      "metric", "objective",
                "adaptation", "template", "confidence", "statistic",   "value",  "value_low",
                "value_high", "score",    "score_low",  "score_high",  "best",   "best_score",
                "is_best",    "regret",   "regret_low", "regret_high", "reason", "absent"}};
  for (const SelectorResult& result : results) {
    for (const SelectorCase& found : result.cases) {
      const bool chose = found.selection.absent.empty();
      CsvRow row{result.selector->name, found.task, found.train_size, found.tuning, found.metric};
      if (chose) append_choice(row, found);
      row.resize(rows[0].size() - 2);
      row.insert(row.end(), {chose ? found.selection.reason : "", found.selection.absent});
      rows.push_back(std::move(row));
    }
  }
  return rows;
}

}  // namespace dovetail
