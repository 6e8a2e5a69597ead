// SPDX-License-Identifier: Apache-2.0
#include "plan/makespan.h"

#include <algorithm>
#include <queue>

#include "base/error.h"
#include "plan/scheduler.h"

namespace dovetail {

double total_seconds(const std::vector<Job>& jobs) {
  double seconds = 0;
  for (const Job& job : jobs) seconds += job.cost_seconds;
  return seconds;
}

std::vector<double> longest_paths(const std::vector<Job>& jobs) {
  std::vector<double> paths(jobs.size());
  for (size_t i = 0; i < jobs.size(); ++i) paths[i] = jobs[i].cost_seconds;
  // inputs come before the jobs that need them, so backwards each path is final when it is used
  for (size_t i = jobs.size(); i-- > 0;) {
    for (const int64_t input : jobs[i].inputs) {
      DOVETAIL_CHECK_LT(input, static_cast<int64_t>(i));
      paths[input] = std::max(paths[input], jobs[input].cost_seconds + paths[i]);
    }
  }
  return paths;
}

double estimate_makespan(const Plan& plan, int workers, const GroupLimits& limits) {
  DOVETAIL_CHECK(workers > 0);
  const std::vector<Job>& jobs = plan.jobs;
  Scheduler scheduler(jobs, longest_paths(jobs));
  const TakeSharer take = [&](const std::string& sharing, const auto& accepts) {
    return scheduler.take(sharing, accepts);
  };
  using Running = std::pair<double, std::vector<int64_t>>;  // end, jobs
  std::priority_queue<Running, std::vector<Running>, std::greater<>> running;
  double now = 0;
  while (!scheduler.done()) {
    while (scheduler.num_ready() > 0 && std::ssize(running) < workers) {
      std::vector<int64_t> taken{scheduler.take().value()};
      add_sharers(jobs, scheduler, limits, workers, take, taken);
      double end = now;
      for (const int64_t job : taken) end += jobs[job].cost_seconds;
      running.emplace(end, std::move(taken));
    }
    now = running.top().first;
    for (const int64_t job : running.top().second) scheduler.finish(job);
    running.pop();
  }
  return now;
}

}  // namespace dovetail
