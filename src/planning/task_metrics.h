// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "examples/task.h"

namespace dovetail {

// The metrics that have their evidence on this task (accuracy needs choices). ConfigError for a
// metric of texts that cannot score a right answer: Pearson's correlation, for example, needs
// numbers.
std::vector<std::string> measurable_metrics(const TaskData& data,
                                            const std::vector<std::string>& names);

// The measured metric that decides about tasks of that kind (Task::kind), the first in the order of
// the metrics' catalogue; "" if none is measured. Metric::decides marks these metrics.
std::string primary_metric(const std::string& task_kind, const std::vector<std::string>& measured);

}  // namespace dovetail
