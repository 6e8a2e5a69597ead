// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "plan/claim.h"
#include "plan/task_strata.h"
#include "sweep/toml_table.h"

// The key `examples` of [[claim]]: the test examples that a claim is about.
namespace dovetail {

// Column -> values, numbers as texts: { d = [3, 4], noise = "none" }. Whether the data have such
// columns is known later, when the data are read.
AxisLabels read_claimed_examples(const toml::node& node);

// Whether some pair of the claim is about the task with this label.
bool looks_at(const Claim& claim, const std::string& task);

// What is wrong with the columns and values for a task with these strata, and what it has; "" for
// nothing.
std::string mistake_in_examples(const AxisLabels& examples, const TaskStrata& strata);

}  // namespace dovetail
