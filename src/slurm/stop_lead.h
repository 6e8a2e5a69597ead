// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "plan/plan.h"

namespace dovetail {

// Seconds before its limit at which a job must hear of it, estimated from the plan: a run stops
// between two training steps, so four times the longest step, and half a minute for journal and
// saved states. At least a minute.
int64_t estimated_stop_seconds(const Plan& plan, int64_t cores_per_rank);

// Links of a chain of jobs with that limit, of which the last is a spare: the plan's makespan on so
// many ranks over the time that a job works.
int64_t estimated_links(const Plan& plan, int64_t ranks, int64_t time_seconds,
                        int64_t stop_seconds);

}  // namespace dovetail
