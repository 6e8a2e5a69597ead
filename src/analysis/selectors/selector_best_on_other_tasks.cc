// SPDX-License-Identifier: Apache-2.0
#include "analysis/selectors/selectors.h"

namespace dovetail {

namespace {

Selection choose(const std::string&, const SelectorContext& context) {
  std::vector<const SweptTask*> all;
  for (const SweptTask& task : context.others) all.push_back(&task);
  return best_on(all, context, "other tasks");
}

}  // namespace

namespace selector {

Selector best_on_other_tasks() {
  return {"best_on_other_tasks", "Leaving the task out", "the best on average over the other tasks",
          true, choose};
}

}  // namespace selector

}  // namespace dovetail
