// SPDX-License-Identifier: Apache-2.0
#include "analysis/selectors/selectors.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "base/names.h"

namespace dovetail {

#define SELECTOR(name) Selector name();
namespace selector {
#include "analysis/selectors/selectors.inc"
}  // namespace selector
#undef SELECTOR

namespace {

double agreement(AnswerKind kind, const Candidate& candidate, const SelectorContext& context) {
  const int wanted = kind == AnswerKind::filling ? 1 : -1;
  const AxisTraits& form = traits_of(context, "template", candidate.template_name);
  return 8 * wanted * form.fills +
         4 * wanted * traits_of(context, "objective", candidate.objective).fills +
         2 * wanted * traits_of(context, "adaptation", candidate.adaptation).fills +
         (form.says_relation ? 1 : 0);
}

}  // namespace

const std::vector<Selector>& selectors() {
#define SELECTOR(name) selector::name(),
  static const std::vector<Selector> all = {
#include "analysis/selectors/selectors.inc"
  };
#undef SELECTOR
  return all;
}

const Selector& find_selector(const std::string& name) {
  std::vector<std::string> known;
  for (const Selector& selector : selectors()) {
    if (selector.name == name) return selector;
    known.push_back(selector.name);
  }
  throw_<ConfigError>("unknown selector \"{}\"; {}", name, did_you_mean(name, known));
}

std::string choice_text(const Candidate& choice) {
  const bool adapted = !choice.adaptation.empty() && choice.adaptation != "none";
  std::string text = choice.objective.empty() ? "any objective" : choice.objective;
  if (adapted) text += " + " + choice.adaptation;
  return text + " · " + (choice.template_name.empty() ? "any template" : choice.template_name);
}

const AxisTraits& traits_of(const SelectorContext& context, const std::string& axis,
                            const std::string& label) {
  static const AxisTraits none;
  const auto labels = context.traits.find(axis);
  if (labels == context.traits.end()) return none;
  const auto traits = labels->second.find(label);
  return traits == labels->second.end() ? none : traits->second;
}

Candidate matching(AnswerKind kind, const SelectorContext& context) {
  DOVETAIL_CHECK(!context.candidates.empty());
  return *std::ranges::max_element(context.candidates, {},
                                   [&](const Candidate& c) { return agreement(kind, c, context); });
}

Selection nothing(const std::string& why) {
  Selection selection;
  selection.absent = why;
  return selection;
}

Selection best_on(const std::vector<const SweptTask*>& tasks, const SelectorContext& context,
                  const std::string& which) {
  double best_lead = 0;
  int64_t best = -1, ahead = 0;
  for (size_t c = 0; c < context.candidates.size(); ++c) {
    double sum = 0;
    int64_t positive = 0;
    for (const SweptTask* task : tasks) {
      sum += task->leads.at(c);  // NaN where one of them lacks it: then it is not compared
      positive += task->leads.at(c) > 0;
    }
    if (tasks.empty() || !std::isfinite(sum) || (best >= 0 && sum <= best_lead)) continue;
    best = static_cast<int64_t>(c);
    best_lead = sum;
    ahead = positive;
  }
  if (best < 0) return nothing("no candidate has finished on all of the " + which);
  const double count = static_cast<double>(tasks.size());
  Selection selection;
  selection.choice = context.candidates[static_cast<size_t>(best)];
  selection.confidence = static_cast<double>(ahead) / count;
  selection.reason = fmt::format(
      "on the {} it is {:.3f} above the mean of the candidates, and above it on {} of {}", which,
      best_lead / count, ahead, tasks.size());
  return selection;
}

}  // namespace dovetail
