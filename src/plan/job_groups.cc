// SPDX-License-Identifier: Apache-2.0
#include "plan/job_groups.h"

#include <algorithm>

namespace dovetail {

void add_sharers(const std::vector<Job>& jobs, const Scheduler& scheduler,
                 const GroupLimits& limits, int64_t num_ranks, const TakeSharer& take,
                 std::vector<int64_t>& taken) {
  const std::string& sharing = jobs[taken.front()].sharing;
  if (sharing.empty()) return;
  const int64_t most =
      std::min(limits.jobs, part_of_a_rank(scheduler.num_ready(sharing), num_ranks));
  double bytes = jobs[taken.front()].group_bytes;
  while (std::ssize(taken) < most) {
    const std::optional<int64_t> next = take(
        sharing, [&](int64_t index) { return bytes + jobs[index].group_bytes <= limits.bytes; });
    if (!next) break;
    bytes += jobs[*next].group_bytes;
    taken.push_back(*next);
  }
}

}  // namespace dovetail
