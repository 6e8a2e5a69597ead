// SPDX-License-Identifier: Apache-2.0
#include "driver/job_batch.h"

#include <algorithm>
#include <limits>

namespace dovetail {

namespace {

bool is_unharmed(const BatchRules& rules, int64_t index) {
  return rules.journal.unclean_ends(rules.plan.jobs[index].key) == 0;
}

double expected_seconds(const BatchRules& rules, int64_t index) {
  const double unknown = std::numeric_limits<double>::infinity();
  return rules.durations.expected(rules.plan.jobs[index]).value_or(unknown);
}

// After a job that is over in a moment, its rank would wait for the next one as long as it takes.
void add_short_ones(const BatchRules& rules, std::vector<int64_t>& taken) {
  constexpr int64_t kMost = 64;
  constexpr double kSecondsOfAll = 0.1;
  const int64_t most =
      std::min(kMost, part_of_a_rank(rules.scheduler.num_ready(), rules.num_ranks));
  double seconds = expected_seconds(rules, taken[0]);
  while (std::ssize(taken) < most) {
    const std::optional<int64_t> next = rules.scheduler.first_ready();
    if (!next || !rules.plan.jobs[*next].sharing.empty() || !is_unharmed(rules, *next)) break;
    seconds += expected_seconds(rules, *next);
    if (seconds > kSecondsOfAll) break;
    if (rules.take("", [&](int64_t index) { return index == *next; }) != next) break;
    taken.push_back(*next);
  }
}

}  // namespace

TakenJobs with_others(int64_t first, const BatchRules& rules) {
  TakenJobs taken{{first}};
  if (!is_unharmed(rules, first)) return taken;
  taken.side_by_side = !rules.plan.jobs[first].sharing.empty();
  if (taken.side_by_side) {
    const TakeSharer take = [&](const std::string& sharing, const auto& fits) {
      return rules.take(sharing,
                        [&](int64_t index) { return is_unharmed(rules, index) && fits(index); });
    };
    add_sharers(rules.plan.jobs, rules.scheduler, rules.group, rules.num_ranks, take, taken.jobs);
  } else {
    add_short_ones(rules, taken.jobs);
  }
  return taken;
}

}  // namespace dovetail
