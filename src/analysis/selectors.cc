// SPDX-License-Identifier: Apache-2.0
#include "analysis/selectors.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "base/names.h"

namespace dovetail {

#define SELECTOR(name) Selector name();
namespace selector {
#include "analysis/selectors.inc"
}  // namespace selector
#undef SELECTOR

namespace {

bool contains(const std::string& text, const char* part) { return text.find(part) != std::string::npos; }

// +1: trains what filling wants; -1: what phrasal answers want; 0: neither, both or unknown.
int leaning(const std::string& label) {
  if (contains(label, "mixed") || label == "none" || label.empty()) return 0;
  if (contains(label, "lm")) return -1;
  for (const char* part : {"denois", "span", "mask", "infill"}) {
    if (contains(label, part)) return 1;
  }
  return 0;
}

double agreement(AnswerKind kind, const Candidate& candidate) {
  const int wanted = kind == AnswerKind::filling ? 1 : -1;
  double points = is_masked(candidate.template_name) == (wanted > 0) ? 8 : 0;
  points += 4 * wanted * leaning(candidate.objective);
  // Random text and random splits are controls and teach no matching.
  points += contains(candidate.adaptation, "random") ? -1 : 2 * wanted * leaning(candidate.adaptation);
  return points + (contains(candidate.template_name, "prompting") ? 1 : 0);
}

}  // namespace

const std::vector<Selector>& selectors() {
#define SELECTOR(name) selector::name(),
  static const std::vector<Selector> all = {
#include "analysis/selectors.inc"
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

bool is_masked(const std::string& template_name) { return contains(template_name, "masked"); }

Candidate matching(AnswerKind kind, const std::vector<Candidate>& candidates) {
  DOVETAIL_CHECK(!candidates.empty());
  return *std::max_element(candidates.begin(), candidates.end(), [&](const Candidate& a, const Candidate& b) {
    return agreement(kind, a) < agreement(kind, b);
  });
}

Selection nothing(const std::string& why) {
  Selection selection;
  selection.absent = why;
  return selection;
}

Selection best_on(const std::vector<const SweptTask*>& tasks, const SelectorContext& context, const std::string& which) {
  double best_lead = 0;
  int64_t best = -1, ahead = 0;
  for (size_t c = 0; c < context.candidates.size(); ++c) {
    double sum = 0;
    int64_t positive = 0;
    for (const SweptTask* task : tasks) {
      sum += task->leads.at(c);   // NaN where one of them lacks it: then it is not compared
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
  selection.reason = fmt::format("on the {} it is {:.3f} above the mean of the candidates, and above it on {} of {}", which,
                                 best_lead / count, ahead, tasks.size());
  return selection;
}

}  // namespace dovetail
