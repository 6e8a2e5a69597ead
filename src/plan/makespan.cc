// SPDX-License-Identifier: Apache-2.0
#include "plan/makespan.h"

#include <algorithm>
#include <map>
#include <queue>
#include <set>

#include "base/error.h"

namespace dovetail {

namespace {

// Ready jobs, the longest path first, and among them those around one frozen model.
class ReadyJobs {
 public:
  ReadyJobs(const std::vector<Job>& jobs, std::vector<double> paths)
      : jobs_(jobs), paths_(std::move(paths)) {}

  bool empty() const { return all_.empty(); }

  void add(int64_t job) {
    all_.insert(job);
    if (const std::string& sharing = jobs_[job].sharing; !sharing.empty())
      by_model_.try_emplace(sharing, LongestFirst{&paths_}).first->second.insert(job);
  }

  // What a worker takes: the first job, and those that go with it.
  std::vector<int64_t> take(const GroupLimits& limits, int64_t num_workers) {
    std::vector<int64_t> taken{*all_.begin()};
    const std::string& sharing = jobs_[taken[0]].sharing;
    remove(taken[0]);
    if (sharing.empty()) return taken;
    const Ready& others = by_model_.at(sharing);
    const int64_t most = most_in_a_group(limits, std::ssize(others), num_workers);
    double bytes = jobs_[taken[0]].group_bytes;
    while (std::ssize(taken) < most &&
           (bytes += jobs_[*others.begin()].group_bytes) <= limits.bytes) {
      taken.push_back(*others.begin());
      remove(taken.back());
    }
    return taken;
  }

 private:
  struct LongestFirst {
    const std::vector<double>* paths;
    bool operator()(int64_t a, int64_t b) const {
      return (*paths)[a] != (*paths)[b] ? (*paths)[a] > (*paths)[b] : a < b;
    }
  };
  using Ready = std::set<int64_t, LongestFirst>;

  void remove(int64_t job) {
    all_.erase(job);
    if (const auto found = by_model_.find(jobs_[job].sharing); found != by_model_.end())
      found->second.erase(job);
  }

  const std::vector<Job>& jobs_;
  std::vector<double> paths_;
  Ready all_{LongestFirst{&paths_}};
  std::map<std::string, Ready> by_model_;
};

}  // namespace

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
  ReadyJobs ready(jobs, longest_paths(jobs));
  std::vector<std::vector<int64_t>> needed_by(jobs.size());
  std::vector<size_t> missing(jobs.size());
  using Running = std::pair<double, std::vector<int64_t>>;  // end, jobs
  std::priority_queue<Running, std::vector<Running>, std::greater<>> running;
  for (int64_t i = 0; i < std::ssize(jobs); ++i) {
    missing[i] = jobs[i].inputs.size();
    if (missing[i] == 0) ready.add(i);
    for (const int64_t input : jobs[i].inputs) needed_by[input].push_back(i);
  }
  double now = 0;
  while (!ready.empty() || !running.empty()) {
    while (!ready.empty() && std::ssize(running) < workers) {
      std::vector<int64_t> taken = ready.take(limits, workers);
      double end = now;
      for (const int64_t job : taken) end += jobs[job].cost_seconds;
      running.emplace(end, std::move(taken));
    }
    const auto [end, ended] = running.top();
    running.pop();
    now = end;
    for (const int64_t job : ended)
      for (const int64_t next : needed_by[job])
        if (--missing[next] == 0) ready.add(next);
  }
  return now;
}

}  // namespace dovetail
