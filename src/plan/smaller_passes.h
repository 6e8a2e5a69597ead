// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "plan/job.h"

namespace dovetail {

// The same job, under the same key, in micro-batches of half as many examples: twice the gradient
// accumulation. A step's batch stays what it is, so the result changes by rounding and by the draws
// of dropout, and in nothing else (DESIGN.md, decision 19). Nothing for a job that trains no model.
std::optional<Job> with_smaller_passes(Job job);

}  // namespace dovetail
