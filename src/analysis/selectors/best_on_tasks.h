// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "analysis/selectors/selectors.h"

namespace dovetail {

// The candidate with the highest mean lead over these tasks of `context.others`; a candidate that
// one of them has not finished is not compared. The confidence is the share of the tasks on which
// it leads. `which` names the tasks in the reason ("other tasks").
Selection best_on_tasks(const std::vector<const SweptTask*>& tasks, const SelectorContext& context,
                        const std::string& which);
// The same over all other tasks.
Selection best_on_all_others(const SelectorContext& context);

// The objective and adaptation with the highest mean lead over the other tasks and over the
// templates, fixed before the task is seen; the template is left to chance.
Selection best_start_on_all_others(const SelectorContext& context);

}  // namespace dovetail
