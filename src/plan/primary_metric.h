// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace dovetail {

// The metric that a task of that kind (Task::kind) is decided by, of those that were measured: an
// answer that is right or wrong ("reading", "choice", "classification") by whether it is, and never
// by words in common; any other by ROUGE-L. Where neither was measured, the first that is a mean
// over examples; of none such the loss. `of_a_set` names metrics of a whole test set, which have no
// intervals over examples.
std::string primary_metric(const std::string& kind, const std::vector<std::string>& measured,
                           const std::vector<std::string>& of_a_set = {});

}  // namespace dovetail
