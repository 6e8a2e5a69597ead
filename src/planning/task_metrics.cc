// SPDX-License-Identifier: Apache-2.0
#include "planning/task_metrics.h"

#include <algorithm>

#include "base/error.h"
#include "metrics/metric.h"

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

std::string primary_metric(const std::string& task_kind, const std::vector<std::string>& measured) {
  const bool right_or_wrong =
      task_kind == "reading" || task_kind == "choice" || task_kind == "classification";
  const Decides wanted = right_or_wrong ? Decides::exact_answers : Decides::free_text;
  for (const Metric& metric : metrics()) {
    if (metric.decides != wanted) continue;
    if (std::ranges::find(measured, metric.name) != measured.end()) return metric.name;
  }
  return "";
}

}  // namespace dovetail
