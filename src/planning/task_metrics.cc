// SPDX-License-Identifier: Apache-2.0
#include "planning/task_metrics.h"

#include <algorithm>

#include "base/error.h"
#include "metrics/missing_notes.h"

namespace dovetail {

namespace {

// Scores the first test example's own reference, so that a metric that cannot fails now.
void require_scorable(const Metric& metric, const TaskData& data) {
  if (data.test.empty() || data.test.front().references.empty()) return;
  const std::vector<std::string>& references = data.test.front().references;
  const ScoredItem right{.prediction = references.front(), .references = references};
  try {
    metric.score({&right, 1});
  } catch (const ItemError& error) {
    throw_<ConfigError>(
        "metric \"{}\" cannot score task {}: of its first test example, answered rightly: {}",
        metric.name, data.name, error.reason);
  }
}

}  // namespace

std::vector<std::string> measurable_metrics(const TaskData& data,
                                            const std::vector<std::string>& names) {
  const bool has_choices = !data.test.empty() && !choices_of(data, data.test.front()).empty();
  std::vector<std::string> measurable;
  for (const std::string& name : names) {
    const Metric& metric = find_metric(name);
    if (metric.evidence == Evidence::text) require_scorable(metric, data);
    const bool needs_choices = metric.evidence == Evidence::choices ||
                               metric.evidence == Evidence::choice_likelihood ||
                               metric.evidence == Evidence::choice_priors;
    if (has_choices || !needs_choices) measurable.push_back(name);
  }
  return measurable;
}

SetLetters reference_letters(const TaskData& data) {
  SetLetters references;
  for (const Example& example : data.test.empty() ? data.train : data.test)
    references.add(example.references);
  return references;
}

std::string primary_metric(const std::string& task_kind, const std::vector<std::string>& measured,
                           const SetLetters& references) {
  const bool right_or_wrong =
      task_kind == "reading" || task_kind == "choice" || task_kind == "classification";
  const Decides wanted = right_or_wrong ? Decides::exact_answers : Decides::free_text;
  bool any_marked = false;
  for (const Metric& metric : metrics()) {
    if (metric.decides != wanted || std::ranges::find(measured, metric.name) == measured.end())
      continue;
    if (references.may_decide(metric.words)) return metric.name;
    any_marked = true;
  }
  const auto first_mean = std::ranges::find_if(
      measured, [](const std::string& name) { return !find_metric(name).corpus_level(); });
  if (!any_marked &&
      (first_mean == measured.end() || references.may_decide(find_metric(*first_mean).words)))
    return "";
  return readable_decider(references);
}

std::vector<std::string> metric_notes(const std::string& task_kind,
                                      const std::vector<std::string>& measured,
                                      const SetLetters& references) {
  std::vector<std::string> notes = missing_notes(measured, references, "test examples");
  const std::string primary = primary_metric(task_kind, measured, references);
  if (primary != primary_metric(task_kind, measured)) {
    const bool is_measured = std::ranges::find(measured, primary) != measured.end();
    notes.push_back(fmt::format("{} decides{}", primary,
                                is_measured ? "" : ", and is measured beside the sweep's metrics"));
  }
  return notes;
}

}  // namespace dovetail
