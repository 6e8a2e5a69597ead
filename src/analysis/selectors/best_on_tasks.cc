// SPDX-License-Identifier: Apache-2.0
#include "analysis/selectors/best_on_tasks.h"

#include <fmt/format.h>

#include <algorithm>
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

Selection best_start_on_all_others(const SelectorContext& context) {
  // by start: the sum and number of leads over tasks and templates
  std::vector<std::pair<Candidate, std::pair<double, double>>> starts;
  for (size_t c = 0; c < context.candidates.size(); ++c) {
    const Candidate start{context.candidates[c].objective, context.candidates[c].adaptation, ""};
    auto place = std::ranges::find(starts, start, &decltype(starts)::value_type::first);
    if (place == starts.end()) place = starts.insert(starts.end(), {start, {0, 0}});
    for (const SweptTask& task : context.others) {
      if (!std::isfinite(task.leads.at(c))) continue;
      place->second.first += task.leads[c];
      ++place->second.second;
    }
  }
  const auto mean = [](const auto& one) { return one.second.first / one.second.second; };
  std::erase_if(starts, [](const auto& one) { return one.second.second == 0; });
  if (starts.empty()) return no_choice("no candidate has finished on another task");
  const auto best = std::ranges::max_element(starts, {}, mean);
  Selection selection;
  selection.choice = best->first;
  selection.reason = fmt::format(
      "on the other tasks its cells are {:.3f} above the mean of the candidates", mean(*best));
  return selection;
}

Selection best_on_all_others(const SelectorContext& context) {
  std::vector<const SweptTask*> all;
  for (const SweptTask& task : context.others) all.push_back(&task);
  return best_on_tasks(all, context, "other tasks");
}

}  // namespace dovetail
