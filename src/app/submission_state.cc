// SPDX-License-Identifier: Apache-2.0
#include "app/submission_state.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <map>
#include <thread>

#include "app/front/text_output.h"
#include "base/error.h"
#include "base/names.h"
#include "plan/plan_text.h"
#include "slurm/job_script.h"
#include "slurm/slurm_client.h"
#include "slurm/submission.h"
#include "store/sweep_status.h"

namespace dovetail {

namespace fs = std::filesystem;

namespace {

constexpr double kStopSeconds = 120;  // for running jobs to stop by themselves

std::vector<std::string> ids_of(const std::vector<QueuedJob>& jobs) {
  std::vector<std::string> ids;
  for (const QueuedJob& job : jobs) ids.push_back(job.id);
  return ids;
}

Submission known_submission(const fs::path& out) {
  const Submission submission = read_submission(out);
  if (!submission.parts.empty()) return submission;
  throw_<ConfigError>(
      "nothing was submitted for {}: dovetail submit SWEEP --profile FILE does that, and --out "
      "names another folder",
      out.string());
}

std::string last_end_text(const JobLives& lives) {
  if (lives.last_end.empty()) return "";
  static const std::map<std::string, std::string> kMeanings = {
      {"0", "done"}, {"1", "failed"}, {"2", "refused"}, {"75", "interrupted"}};
  const auto found = kMeanings.find(lives.last_end);
  return found == kMeanings.end() ? lives.last_end
                                  : fmt::format("{} ({})", lives.last_end, found->second);
}

// "12" of "12_3".
std::string whole_id(const std::string& id) { return id.substr(0, id.find('_')); }

class SubmissionTable {
 public:
  SubmissionTable(const Submission& submission, const SlurmClient& slurm, const fs::path& out)
      : jobs_(slurm.jobs(submission_tag(out))), lives_(read_lives(out)) {
    std::vector<std::string> ids;
    for (const Submission::Part& part : submission.parts) ids.push_back(part.id);
    accounting_ = slurm.accounting(ids);
    for (const Submission::Part& part : submission.parts) add_part(part);
  }
  const std::vector<std::vector<std::string>>& rows() const { return rows_; }

 private:
  // The jobs of a part that are in the queue, and those of which only our own notes are left.
  void add_part(const Submission::Part& part) {
    std::map<std::string, const QueuedJob*> found;
    for (const auto& [id, lives] : lives_) {
      if (whole_id(id) == part.id) found[id] = nullptr;
    }
    for (const QueuedJob& job : jobs_) {
      if (whole_id(job.id) == part.id) found[job.id] = &job;
    }
    if (found.empty()) found[part.id] = nullptr;
    for (const auto& [id, job] : found) add_job(id, part.role, job);
  }

  void add_job(const std::string& id, const std::string& role, const QueuedJob* job) {
    const auto known = lives_.find(id);
    const JobLives lives = known == lives_.end() ? JobLives{} : known->second;
    std::string state = accounted_state(accounting_, id);
    if (state.empty()) state = lives.starts > 0 ? "left the queue" : "never started";
    if (job != nullptr) {
      state = job->reason.empty() ? job->state : fmt::format("{} ({})", job->state, job->reason);
    }
    const std::string time =
        job == nullptr ? "" : fmt::format("{} of {}", job->elapsed, job->limit);
    rows_.push_back({id, role, state, time, job == nullptr ? "" : job->nodes,
                     std::to_string(lives.starts), last_end_text(lives)});
  }

  std::vector<QueuedJob> jobs_;
  std::map<std::string, JobLives> lives_;
  std::string accounting_;
  std::vector<std::vector<std::string>> rows_ = {
      {"job", "part", "in Slurm", "time", "nodes", "starts", "last end"}};
};

void print_sweep(const fs::path& out) {
  if (!fs::exists(out / "plan.json")) {
    fmt::print("{}: no job has begun yet\n", out.string());
    return;
  }
  const SweepStatus status = read_status(out);
  fmt::print("{}: {} of {} cells finished, {} failed, {} missing", status.sweep_name,
             status.cells.finished, status.cells.total, status.cells.failed + status.cells.crashed,
             status.cells.missing);
  const bool is_known = status.jobs.missing > 0 && status.remaining_seconds >= 0;
  fmt::print("{}\n", is_known ? fmt::format("; about {} of work left",
                                            readable_seconds(status.remaining_seconds))
                              : "");
}

// Waits until the jobs are out of the queue; returns those that are not.
std::vector<QueuedJob> wait_for_end(const SlurmClient& slurm, const std::string& tag) {
  const auto give_up =
      std::chrono::steady_clock::now() + std::chrono::duration<double>(kStopSeconds);
  for (;;) {
    std::vector<QueuedJob> left = slurm.jobs(tag);
    std::erase_if(left, [](const QueuedJob& job) { return !job.is_alive(); });
    if (left.empty() || std::chrono::steady_clock::now() > give_up) return left;
    std::this_thread::sleep_for(std::chrono::seconds(1));
  }
}

}  // namespace

int show_submission(const fs::path& out) {
  const Submission submission = known_submission(out);
  const SlurmClient slurm;
  const SubmissionTable table(submission, slurm, out);
  print_sweep(out);
  print_columns(table.rows());
  fmt::print("logs: {}; --cancel in place of --status ends all of it\n",
             submission_folder(out).string());
  return kSuccess;
}

int cancel_submission(const fs::path& out) {
  known_submission(out);
  const SlurmClient slurm;
  const std::string tag = submission_tag(out);
  std::ofstream(stop_file(out)) << "dovetail submit --cancel\n";
  std::vector<QueuedJob> waiting = slurm.jobs(tag), running = waiting;
  std::erase_if(waiting, [](const QueuedJob& job) { return job.state != "PENDING"; });
  std::erase_if(running,
                [](const QueuedJob& job) { return job.state == "PENDING" || !job.is_alive(); });
  if (!waiting.empty()) slurm.cancel(ids_of(waiting));
  if (!running.empty()) {
    fmt::print(stderr, "asking {} to stop (at most {:.0f} s)\n",
               counted(std::ssize(running), "job"), kStopSeconds);
    slurm.ask_to_stop(ids_of(running));
    const std::vector<QueuedJob> left = wait_for_end(slurm, tag);
    if (!left.empty()) slurm.cancel(ids_of(left));
  }
  fmt::print(
      "cancelled: {} waiting, {} running. What is finished is safe; dovetail submit goes on\n",
      waiting.size(), running.size());
  return kSuccess;
}

}  // namespace dovetail
