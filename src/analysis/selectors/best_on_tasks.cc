// SPDX-License-Identifier: Apache-2.0
#include "analysis/selectors/best_on_tasks.h"

#include <fmt/format.h>

#include <cmath>

namespace dovetail {

Selection best_on_tasks(const std::vector<const SweptTask*>& tasks, const SelectorContext& context,
                        const std::string& which) {
  double best_lead = 0;
  int64_t best = -1, ahead = 0;
  for (size_t c = 0; c < context.candidates.size(); ++c) {
    double sum = 0;
    int64_t positive = 0;
    for (const SweptTask* task : tasks) {
      sum += task->leads.at(c);  // NaN where the task lacks the candidate: then it is not compared
      positive += task->leads.at(c) > 0;
    }
    if (tasks.empty() || !std::isfinite(sum) || (best >= 0 && sum <= best_lead)) continue;
    best = static_cast<int64_t>(c);
    best_lead = sum;
    ahead = positive;
  }
  if (best < 0) return no_choice("no candidate has finished on all of the " + which);
  const double count = static_cast<double>(tasks.size());
  Selection selection;
  selection.choice = context.candidates[static_cast<size_t>(best)];
  selection.confidence = static_cast<double>(ahead) / count;
  selection.reason = fmt::format(
      "on the {} it is {:.3f} above the mean of the candidates, and above it on {} of {}", which,
      best_lead / count, ahead, tasks.size());
  return selection;
}

Selection best_on_all_others(const SelectorContext& context) {
  std::vector<const SweptTask*> all;
  for (const SweptTask& task : context.others) all.push_back(&task);
  return best_on_tasks(all, context, "other tasks");
}

}  // namespace dovetail
