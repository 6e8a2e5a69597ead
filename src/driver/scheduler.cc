// SPDX-License-Identifier: Apache-2.0
#include "driver/scheduler.h"

#include <algorithm>
#include <queue>

#include "base/error.h"

namespace dovetail {

bool Scheduler::FirstByPriority::operator()(int64_t a, int64_t b) const {
  const double of_a = (*priorities)[a], of_b = (*priorities)[b];
  return of_a != of_b ? of_a > of_b : a < b;
}

Scheduler::Scheduler(const std::vector<Job>& jobs, const std::vector<double>& priorities)
    : priorities_(priorities),
      states_(jobs.size(), State::waiting),
      num_missing_inputs_(jobs.size()),
      needed_by_(jobs.size()),
      ready_(FirstByPriority{&priorities_}),
      num_open_(std::ssize(jobs)) {
  DOVETAIL_CHECK_EQ(jobs.size(), priorities.size());
  for (int64_t job = 0; job < std::ssize(jobs); ++job) {
    num_missing_inputs_[job] = std::ssize(jobs[job].inputs);
    for (const int64_t input : jobs[job].inputs) {
      DOVETAIL_CHECK(input >= 0 && input < job);
      needed_by_[input].push_back(job);
    }
    if (jobs[job].inputs.empty()) {
      states_[job] = State::ready;
      ready_.insert(job);
    }
  }
}

bool Scheduler::settled(int64_t job) const {
  return states_[job] == State::finished || states_[job] == State::failed;
}

std::optional<int64_t> Scheduler::take(const std::function<bool(int64_t)>& accepts) {
  const auto first =
      std::ranges::find_if(ready_, [&](int64_t job) { return !accepts || accepts(job); });
  if (first == ready_.end()) return std::nullopt;
  const int64_t job = *first;
  ready_.erase(first);
  states_[job] = State::running;
  return job;
}

void Scheduler::give_back(int64_t job) {
  DOVETAIL_CHECK(states_[job] == State::running);
  states_[job] = State::ready;
  ready_.insert(job);
}

void Scheduler::settle(int64_t job, State state) {
  DOVETAIL_CHECK(!settled(job));
  ready_.erase(job);
  states_[job] = state;
  --num_open_;
}

void Scheduler::finish(int64_t job) {
  settle(job, State::finished);
  for (const int64_t user : needed_by_[job]) {
    if (--num_missing_inputs_[user] > 0 || states_[user] != State::waiting) continue;
    states_[user] = State::ready;
    ready_.insert(user);
  }
}

std::vector<Scheduler::Blocked> Scheduler::fail(int64_t job) {
  settle(job, State::failed);
  std::vector<Blocked> blocked;
  // Inputs have smaller indices than the jobs that need them, so the smallest index comes first.
  std::priority_queue<int64_t, std::vector<int64_t>, std::greater<>> failed;
  for (failed.push(job); !failed.empty();) {
    const int64_t input = failed.top();
    failed.pop();
    for (const int64_t user : needed_by_[input]) {
      if (settled(user)) continue;
      settle(user, State::failed);
      blocked.push_back({user, input});
      failed.push(user);
    }
  }
  std::ranges::sort(blocked, {}, &Blocked::job);
  return blocked;
}

}  // namespace dovetail
