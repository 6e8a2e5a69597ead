// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "analysis/selectors/probes.h"
#include "analysis/statistics/statistics.h"

// Selectors name the objective and template for a task before anything is tuned on it. They use
// probes of the untuned models, facts about the task, or the results of other tasks.
namespace dovetail {

struct Selection {
  Candidate choice;                  // an axis that is "" is left to chance
  std::optional<double> confidence;  // share between 0 and 1; none for a rule without a measure
  std::string statistic;             // the name of `value`, in words
  std::optional<Estimate> value;     // with its 95 % interval
  std::string reason;                // one sentence
  std::string absent;                // why nothing was chosen; "" for a choice
  int64_t examples = 0;              // labelled examples of the task that the selector read
};

// The result of a selector that cannot choose.
Selection no_choice(const std::string& why);
// A template that does not depend on the task; objective and adaptation are left to chance.
Selection always_template(const std::string& template_name);
// Every axis is left to chance.
Selection any_choice();

// A task that was swept, as seen by a selector for another task.
struct SweptTask {
  std::string task;
  // By candidate: its mean score minus the mean over the candidates; NaN where it has not finished.
  std::vector<double> leads;
  std::vector<Probe> probes;
};

// Everything a selector may read. It holds no test score of the task in question.
struct SelectorContext {
  std::vector<Candidate> candidates;  // the possible choices, in the order of the sweep file
  std::vector<Probe> probes;          // of the task
  Json facts = Json::object();        // of the task: Plan::task_facts
  std::map<std::string, std::map<std::string, AxisTraits>> traits;  // Plan::traits
  std::vector<SweptTask> others;
  std::string conventional_objective = "span_corruption";
  bool higher_is_better = true;  // of the metric that decides the task, and that races measure
  BootstrapOptions bootstrap;
};

struct Selector {
  std::string name;
  std::string source;     // the publication, or where the idea is from
  std::string rule;       // a sentence without its full stop, for the report
  bool baseline = false;  // needs no method; the other selectors are measured against it
  Selection (*choose)(const SelectorContext& context) = nullptr;
};

// The catalogue, selectors.inc, in its order.
const std::vector<Selector>& selectors();
// ConfigError for an unknown name, with the nearest known one.
const Selector& find_selector(const std::string& name);

// "prefix_lm + lm · prompting"; "any objective · mapping" where an axis is left to chance.
std::string choice_text(const Candidate& choice);

}  // namespace dovetail
