// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <span>

#include "plan/job.h"
#include "plan/record_sink.h"

namespace dovetail {

using RunJobs = std::function<void(std::span<const Job>, const RecordSink&)>;

// Runs the group by `run`, which calls its RecordSink for every job, and hands the records on to
// `done`. A training that ran out of memory is run once more after the others, alone and in smaller
// passes (plan/smaller_passes.h): its record then has both runs' cost, and the reason as
// `accumulate_doubled_after` in its provenance.
void run_with_memory_retry(std::span<const Job> group, const RunJobs& run, const RecordSink& done);

}  // namespace dovetail
