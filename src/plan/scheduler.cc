// SPDX-License-Identifier: Apache-2.0
#include "plan/scheduler.h"

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
    by_sharing_.texts.push_back(jobs[job].sharing);
    by_affinity_.texts.push_back(jobs[job].affinity);
    for (const int64_t input : jobs[job].inputs) {
      DOVETAIL_CHECK(input >= 0 && input < job);
      needed_by_[input].push_back(job);
    }
    if (jobs[job].inputs.empty()) make_ready(job);
  }
}

bool Scheduler::settled(int64_t job) const {
  return states_[job] == State::finished || states_[job] == State::failed;
}

void Scheduler::ReadyByText::insert(int64_t job, FirstByPriority order) {
  if (!texts[job].empty()) sets.try_emplace(texts[job], order).first->second.insert(job);
}

void Scheduler::ReadyByText::erase(int64_t job) {
  const auto set = sets.find(texts[job]);
  if (set == sets.end()) return;
  set->second.erase(job);
  if (set->second.empty()) sets.erase(set);
}

const Scheduler::Ready* Scheduler::ReadyByText::find(const std::string& text) const {
  const auto set = sets.find(text);
  return set == sets.end() ? nullptr : &set->second;
}

void Scheduler::make_ready(int64_t job) {
  states_[job] = State::ready;
  ready_.insert(job);
  by_sharing_.insert(job, {&priorities_});
  by_affinity_.insert(job, {&priorities_});
}

void Scheduler::leave_ready(int64_t job, State state) {
  ready_.erase(job);
  states_[job] = state;
  by_sharing_.erase(job);
  by_affinity_.erase(job);
}

std::optional<int64_t> Scheduler::take(const Ready& from,
                                       const std::function<bool(int64_t)>& accepts) {
  const auto first =
      std::ranges::find_if(from, [&](int64_t job) { return !accepts || accepts(job); });
  if (first == from.end()) return std::nullopt;
  const int64_t job = *first;
  leave_ready(job, State::running);
  return job;
}

std::optional<int64_t> Scheduler::take(const std::function<bool(int64_t)>& accepts) {
  return take(ready_, accepts);
}

int64_t Scheduler::num_ready(const std::string& sharing) const {
  const Ready* ready = by_sharing_.find(sharing);
  return ready == nullptr ? 0 : std::ssize(*ready);
}

std::optional<int64_t> Scheduler::take(const std::string& sharing,
                                       const std::function<bool(int64_t)>& accepts) {
  const Ready* ready = sharing.empty() ? &ready_ : by_sharing_.find(sharing);
  return ready == nullptr ? std::nullopt : take(*ready, accepts);
}

std::optional<int64_t> Scheduler::take_near(std::optional<int64_t> last,
                                            const std::function<bool(int64_t)>& accepts) {
  constexpr double kAboutAsUrgent = 0.9;
  const Ready* near = last ? by_affinity_.find(by_affinity_.texts[*last]) : nullptr;
  if (near != nullptr &&
      priorities_[*near->begin()] >= kAboutAsUrgent * priorities_[*ready_.begin()]) {
    if (const auto taken = take(*near, accepts)) return taken;
  }
  return take(accepts);
}

void Scheduler::give_back(int64_t job) {
  DOVETAIL_CHECK(states_[job] == State::running);
  make_ready(job);
}

void Scheduler::settle(int64_t job, State state) {
  DOVETAIL_CHECK(!settled(job));
  leave_ready(job, state);
  --num_open_;
}

void Scheduler::finish(int64_t job) {
  settle(job, State::finished);
  for (const int64_t user : needed_by_[job]) {
    if (--num_missing_inputs_[user] > 0 || states_[user] != State::waiting) continue;
    make_ready(user);
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
