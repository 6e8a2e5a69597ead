// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "plan/job.h"

namespace dovetail {

// Decides which job runs next: which jobs are ready, in which order, and which ones a failure
// blocks. Knows no ranks, threads, time or files. Jobs are indices into the plan.
class Scheduler {
 public:
  enum class State { waiting, ready, running, finished, failed };

  // `priorities` holds the longest path of each job. Larger ones go first, then earlier jobs.
  Scheduler(const std::vector<Job>& jobs, const std::vector<double>& priorities);

  State state(int64_t job) const { return states_[job]; }
  bool settled(int64_t job) const;                // finished or failed
  bool done() const { return num_open_ == 0; }    // every job is settled
  int64_t num_open() const { return num_open_; }  // not settled
  int64_t num_ready() const { return static_cast<int64_t>(ready_.size()); }

  std::optional<int64_t> first_ready() const {
    return ready_.empty() ? std::nullopt : std::optional(*ready_.begin());
  }
  // Takes the first ready job that the caller accepts; its state becomes running.
  std::optional<int64_t> take(const std::function<bool(int64_t)>& accepts = nullptr);
  // Of the jobs with that text in Job::sharing, which is not empty.
  int64_t num_ready(const std::string& sharing) const;
  // Takes among these; with "" among all.
  std::optional<int64_t> take(const std::string& sharing,
                              const std::function<bool(int64_t)>& accepts);
  // The same, but first among the jobs with the affinity of `last`, where there is one, if the
  // first of them is about as urgent as the first of all: its longest path is a tenth shorter at
  // most.
  std::optional<int64_t> take_near(std::optional<int64_t> last,
                                   const std::function<bool(int64_t)>& accepts);
  // Makes a running job ready again.
  void give_back(int64_t job);
  void finish(int64_t job);

  // Marks the job as failed, and all jobs that need it. Returns the latter, inputs before the jobs
  // that need them, each with the failed input that blocks it.
  struct Blocked {
    int64_t job, input;
  };
  std::vector<Blocked> fail(int64_t job);

 private:
  struct FirstByPriority {
    const std::vector<double>* priorities;
    bool operator()(int64_t a, int64_t b) const;
  };

  using Ready = std::set<int64_t, FirstByPriority>;
  // Ready jobs by a text that several have; a job with an empty text is in none.
  struct ReadyByText {
    std::vector<std::string> texts;  // by job
    std::map<std::string, Ready> sets;

    void insert(int64_t job, FirstByPriority order);
    void erase(int64_t job);
    const Ready* find(const std::string& text) const;
  };

  std::optional<int64_t> take(const Ready& from, const std::function<bool(int64_t)>& accepts);
  void make_ready(int64_t job);
  void leave_ready(int64_t job, State state);
  void settle(int64_t job, State state);

  std::vector<double> priorities_;
  std::vector<State> states_;
  std::vector<int64_t> num_missing_inputs_;
  std::vector<std::vector<int64_t>> needed_by_;
  Ready ready_;
  ReadyByText by_sharing_, by_affinity_;  // those of ready_
  int64_t num_open_;
};

}  // namespace dovetail
