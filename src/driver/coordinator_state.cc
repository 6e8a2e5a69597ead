// SPDX-License-Identifier: Apache-2.0
// What the coordinator finds at the start of a run, and what it tells during and after it.
#include <algorithm>

#include "driver/coordinator.h"

namespace dovetail {

void Coordinator::take_over_journal() {
  take_over_finished();
  take_over_failed();
}

void Coordinator::take_over_finished() {
  for (int64_t index = 0; index < std::ssize(plan_.jobs); ++index) {
    const Record* known = known_record(plan_.jobs[index]);
    if (known == nullptr || known->status != RunStatus::finished) continue;
    settle(index, RunStatus::finished);
    estimate_.add_skipped(plan_.jobs[index].cost_seconds);
    ++num_reused_;
  }
}

void Coordinator::take_over_failed() {
  for (int64_t index = 0; index < std::ssize(plan_.jobs); ++index) {
    const Job& job = plan_.jobs[index];
    if (scheduler_.settled(index)) continue;
    if (!failed_by_itself(job)) {
      end_uncleanly(index);
    } else if (options_.retry_failed) {
      forgive(job);
    } else {
      estimate_.add_skipped(job.cost_seconds);
      settle(index, known_record(job)->status);
    }
  }
}

// A job that an input held up is judged anew: the input may have been mended meanwhile.
bool Coordinator::failed_by_itself(const Job& job) const {
  const Record* known = known_record(job);
  return known != nullptr && !known->provenance.contains("failed_input");
}

// One more try: if it takes its process down again, that is enough.
void Coordinator::forgive(const Job& job) {
  while (journal_.unclean_ends(job.key) >= std::max<int64_t>(1, options_.max_unclean_ends)) {
    journal_.note_release(job.key);
  }
}

void Coordinator::report() {
  if (options_.on_progress && report_.due()) options_.on_progress(progress());
}

Progress Coordinator::progress() const {
  Progress progress;
  progress.total = std::ssize(plan_.jobs);
  progress.failed = num_failed_ + num_blocked_;
  progress.done = num_finished_ + progress.failed;
  progress.reused = num_reused_;
  progress.elapsed_seconds = seconds_since(started_);
  progress.jobs_per_minute = estimate_.jobs_per_minute(progress.elapsed_seconds);
  progress.remaining_seconds = scheduler_.done() ? 0 : remaining_seconds();
  progress.doing = doing();
  return progress;
}

double Coordinator::remaining_seconds() const {
  std::vector<double> paths = longest_paths_;
  double under_way = 0;
  for (int rank = 0; rank < roster_.size(); ++rank) {
    if (roster_.state(rank) != Roster::State::busy) continue;
    for (int64_t job : roster_.jobs(rank)) {
      const double behind =
          estimate_.cost_behind(plan_.jobs[job].cost_seconds, roster_.busy_seconds(rank));
      under_way += behind;
      paths[job] -= behind;
    }
  }
  double longest = 0;
  for (size_t job = 0; job < paths.size(); ++job) {
    if (!scheduler_.settled(static_cast<int64_t>(job))) longest = std::max(longest, paths[job]);
  }
  return estimate_.remaining_seconds(roster_.num_present(), longest, under_way);
}

std::vector<std::string> Coordinator::doing() const {
  std::vector<std::string> doing;
  for (int rank = 0; rank < roster_.size(); ++rank) {
    switch (roster_.state(rank)) {
      case Roster::State::awaited: doing.push_back("starting"); break;
      case Roster::State::idle: doing.push_back("idle"); break;
      case Roster::State::busy: doing.push_back(plan_.jobs[roster_.jobs(rank)[0]].name); break;
      case Roster::State::leaving: doing.push_back("stopped"); break;
      case Roster::State::gone: doing.push_back("gone"); break;
    }
  }
  return doing;
}

RunSummary Coordinator::summary() const {
  RunSummary summary;
  summary.total = std::ssize(plan_.jobs);
  summary.finished = num_finished_;
  summary.failed = num_failed_;
  summary.reused = num_reused_;
  summary.unreached = summary.total - num_finished_ - num_failed_;
  summary.interrupted = stopping_ && !(scheduler_.done() && blocked_.empty());
  return summary;
}

}  // namespace dovetail
