// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>

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

inline int64_t most_in_a_group(const GroupLimits& limits, int64_t others_ready, int64_t num_ranks) {
  return std::min(limits.jobs, part_of_a_rank(others_ready, num_ranks));
}

}  // namespace dovetail
