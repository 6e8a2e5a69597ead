// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "examples/pool.h"
#include "plan/job.h"

namespace dovetail {

// The pool of a job's task, the examples that the source asks for alone. `labelled`: the cell's
// labelled examples, which a pool from train is without.
Pool pool_of_job(const Job& job, const TaskData& task, const TaskSource& named,
                 const PoolSource& source, const Subset& labelled);

}  // namespace dovetail
