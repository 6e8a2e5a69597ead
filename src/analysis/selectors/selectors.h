// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "analysis/selectors/probes.h"
#include "analysis/statistics/statistics.h"

// Selectors say which objective and template a task wants before anything is tuned on it: from what
// a probe of the untuned models shows, from what kind of task it is, or from other tasks' results.
namespace dovetail {

struct Selection {
  Candidate choice;  // an axis that is "" is left to chance
  std::optional<double>
      confidence;         // share between 0 and 1; none where the selector knows of no doubt
  std::string statistic;  // what `value` is, in words
  std::optional<Estimate> value;  // with its 95 % interval
  std::string reason;             // one sentence
  std::string absent;             // why nothing was chosen; "" where something was
  int64_t examples = 0;           // labelled examples of the task that it has looked at
};

// A task that was swept, as seen by a selector for another task.
struct SweptTask {
  std::string task;
  // By candidate: its mean score minus the mean over the candidates; NaN where it has not finished.
  std::vector<double> leads;
  std::vector<Probe> probes;
};

// All that a selector may look at. No test score of the task in question is in here.
struct SelectorContext {
  std::vector<Candidate> candidates;  // what can be chosen, in the order of the sweep file
  std::vector<Probe> probes;          // of the task
  Json facts = Json::object();        // of the task: Plan::task_facts
  std::map<std::string, std::map<std::string, AxisTraits>> traits;  // Plan::traits
  std::vector<SweptTask> others;
  std::string conventional_objective = "span_corruption";
  BootstrapOptions bootstrap;
};

struct Selector {
  std::string name;
  std::string source;
  std::string rule;       // what it does, for the report: a sentence without its full stop
  bool baseline = false;  // what selectors are held against
  Selection (*choose)(const std::string& task, const SelectorContext& context) = nullptr;
};

// The catalogue, selectors.inc; ConfigError names the nearest known one.
const std::vector<Selector>& selectors();
const Selector& find_selector(const std::string& name);

// "prefix_lm + lm · prompting"; "any objective · mapping" where an axis is left to chance.
std::string choice_text(const Candidate& choice);

// ---- What several selectors share.

// What a task's answers are like: words that fill a slot, or phrases that follow from the input.
enum class AnswerKind { filling, phrasal };

// The candidate that fits best: masked template and denoising for filling, unmasked template and
// language modelling for phrasal; a template with the relation's phrase before one without.
Candidate matching(AnswerKind kind, const SelectorContext& context);
// Of a label; without any where the plan knows nothing of it.
const AxisTraits& traits_of(const SelectorContext& context, const std::string& axis,
                            const std::string& label);

// The candidate whose probes (of no shots) have the least mean of `name`, or the highest; with the
// share of bootstrap resamples that agree, and the lead over the second. `what` names the number in
// words.
Selection best_probe(const SelectorContext& context, const std::string& name, bool highest,
                     const std::string& what);

// Maskability Index by one of the two depth ranks; see selector_maskability.cc.
Selection choose_by_maskability(const SelectorContext& context, const std::string& depth_rank);

// The candidate with the highest mean lead over these tasks.
Selection best_on(const std::vector<const SweptTask*>& tasks, const SelectorContext& context,
                  const std::string& which);

Selection nothing(const std::string& why);

}  // namespace dovetail
