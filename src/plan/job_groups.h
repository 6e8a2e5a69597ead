// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "plan/job.h"
#include "plan/scheduler.h"

namespace dovetail {

// How many jobs around one frozen model (Job::sharing) a rank takes at once.
struct GroupLimits {
  int64_t jobs = 16;
  double bytes = std::numeric_limits<double>::infinity();  // of their Job::group_bytes together
};

// The number of ready jobs that fall to one of the ranks, the one that it has taken among them, so
// that the others keep their part.
inline int64_t part_of_a_rank(int64_t others_ready, int64_t num_ranks) {
  return (1 + others_ready + num_ranks - 1) / num_ranks;
}

// Takes the first ready job that `accepts` takes, of those with that text in Job::sharing.
using TakeSharer = std::function<std::optional<int64_t>(
    const std::string& sharing, const std::function<bool(int64_t)>& accepts)>;

// Adds to a job that was taken the ready ones around its frozen model, the most urgent first: as
// many as the limits have room for and as leave the other ranks their part. A job that is too large
// for the memory that is left is passed over.
void add_sharers(const std::vector<Job>& jobs, const Scheduler& scheduler,
                 const GroupLimits& limits, int64_t num_ranks, const TakeSharer& take,
                 std::vector<int64_t>& taken);

}  // namespace dovetail
