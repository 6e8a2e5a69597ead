// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "examples/task.h"
#include "metrics/coverage.h"

namespace dovetail {

// The metrics that have their evidence on this task (accuracy needs choices). ConfigError for a
// metric of texts that cannot score a right answer: Pearson's correlation, for example, needs
// numbers.
std::vector<std::string> measurable_metrics(const TaskData& data,
                                            const std::vector<std::string>& names);

// The references of the test, or of the training set of a task without one.
SetLetters reference_letters(const TaskData& data);

// The metric that decides about tasks of that kind (Task::kind), of those that may decide about
// such references: the first measured one in the order of the metrics' catalogue that
// Metric::decides marks. Where only metrics are measured that cannot read the references, it is the
// first of the catalogue that can, and is to be measured too. "" where no marked one is measured,
// and the first mean over examples, which decides then, may do so.
std::string primary_metric(const std::string& task_kind, const std::vector<std::string>& measured,
                           const SetLetters& references = {});

// What to know of the measured metrics that cannot read all of the references: sentences.
std::vector<std::string> metric_notes(const std::string& task_kind,
                                      const std::vector<std::string>& measured,
                                      const SetLetters& references);

}  // namespace dovetail
