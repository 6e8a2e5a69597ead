// SPDX-License-Identifier: Apache-2.0
#include "analysis/selectors/selectors.h"

#include "analysis/selectors/best_on_tasks.h"
#include "analysis/selectors/best_probe.h"
#include "analysis/selectors/matching.h"
#include "analysis/selectors/selector_rules.h"
#include "base/catalogue.h"

namespace dovetail {

namespace {

enum class Role { method, baseline };

}  // namespace

const std::vector<Selector>& selectors() {
#define SELECTOR(name, role, source, rule, call)      \
  {#name, source, rule, Role::role == Role::baseline, \
   []([[maybe_unused]] const SelectorContext& context) -> Selection { return call; }},
  static const std::vector<Selector> all = {
#include "analysis/selectors/selectors.inc"
  };
#undef SELECTOR
  return all;
}

const Selector& find_selector(const std::string& name) {
  return find_in_catalogue("selector", selectors(), name);
}

Selection no_choice(const std::string& why) {
  Selection selection;
  selection.absent = why;
  return selection;
}

Selection always_template(const std::string& template_name) {
  Selection selection;
  selection.choice.template_name = template_name;
  selection.reason = "always";
  return selection;
}

Selection any_choice() {
  Selection selection;
  selection.reason = "the mean over all cells";
  return selection;
}

std::string choice_text(const Candidate& choice) {
  const bool adapted = !choice.adaptation.empty() && choice.adaptation != "none";
  std::string text = choice.objective.empty() ? "any objective" : choice.objective;
  if (adapted) text += " + " + choice.adaptation;
  return text + " · " + (choice.template_name.empty() ? "any template" : choice.template_name);
}

}  // namespace dovetail
