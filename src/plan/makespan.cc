// SPDX-License-Identifier: Apache-2.0
#include "plan/makespan.h"

#include <algorithm>
#include <queue>

#include "base/error.h"

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

double estimate_makespan(const Plan& plan, int workers) {
  DOVETAIL_CHECK(workers > 0);
  const std::vector<Job>& jobs = plan.jobs;
  const std::vector<double> paths = longest_paths(jobs);
  std::vector<std::vector<int64_t>> needed_by(jobs.size());
  std::vector<size_t> missing(jobs.size());
  const auto later = [&](int64_t a, int64_t b) {
    return paths[a] != paths[b] ? paths[a] < paths[b] : a > b;
  };
  std::priority_queue<int64_t, std::vector<int64_t>, decltype(later)> ready(later);
  using Running = std::pair<double, int64_t>;  // end, job
  std::priority_queue<Running, std::vector<Running>, std::greater<>> running;
  for (int64_t i = 0; i < std::ssize(jobs); ++i) {
    missing[i] = jobs[i].inputs.size();
    if (missing[i] == 0) ready.push(i);
    for (const int64_t input : jobs[i].inputs) needed_by[input].push_back(i);
  }
  double now = 0;
  while (!ready.empty() || !running.empty()) {
    for (; !ready.empty() && std::ssize(running) < workers; ready.pop()) {
      running.emplace(now + jobs[ready.top()].cost_seconds, ready.top());
    }
    const int64_t ended = running.top().second;
    now = running.top().first;
    running.pop();
    for (const int64_t job : needed_by[ended]) {
      if (--missing[job] == 0) ready.push(job);
    }
  }
  return now;
}

}  // namespace dovetail
