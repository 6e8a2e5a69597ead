// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "analysis/selectors/matching.h"
#include "analysis/selectors/selector_rules.h"

namespace dovetail {

// An example counts as filling if the classifier finds that more likely than not; the majority of
// the examples decides for the task.
Selection selector::relation_classifier(const SelectorContext& context) {
  for (const Probe& probe : context.probes) {
    const auto found = probe.per_example.find("probe_filling");
    if (found == probe.per_example.end()) continue;
    Scores votes{{"0"}, {{}}};
    for (const float p : found->second) votes.rows[0].push_back(p > 0.5F ? 1.0F : 0.0F);
    const Estimate share = Bootstrap(votes.num_items(), context.bootstrap).mean(votes);
    const bool filling = share.mean > 0.5;
    Selection selection;
    selection.examples = share.items;
    selection.choice = matching(filling ? AnswerKind::filling : AnswerKind::phrasal, context);
    selection.confidence = filling ? share.mean : 1 - share.mean;
    selection.statistic = "share of examples classified as filling";
    selection.value = share;
    selection.reason = fmt::format("{:.0f} % of {} examples are classified as filling",
                                   100 * share.mean, share.items);
    return selection;
  }
  return no_choice("no probe of this task holds the classifier's answer");
}

}  // namespace dovetail
