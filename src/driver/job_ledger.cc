// SPDX-License-Identifier: Apache-2.0
#include "driver/job_ledger.h"

#include <algorithm>
#include <set>

#include "base/error.h"
#include "base/log.h"
#include "driver/job_leases.h"
#include "driver/job_thread.h"
#include "plan/makespan.h"

namespace dovetail {

JobLedger::JobLedger(const Plan& plan, Journal& journal, const DriverOptions& options)
    : plan_(plan),
      journal_(journal),
      options_(options),
      longest_paths_(longest_paths(plan.jobs)),
      scheduler_(plan.jobs, longest_paths_),
      estimate_(total_seconds(plan.jobs)),
      crashes_(options.crash_notes, options.log_of_rank) {
  for (int64_t index = 0; index < std::ssize(plan.jobs); ++index)
    by_key_[plan.jobs[index].key] = index;
}

void JobLedger::load_journal() {
  load_finished();
  load_failed();
}

void JobLedger::load_finished() {
  for (int64_t index = 0; index < std::ssize(plan_.jobs); ++index) {
    const Record* known = known_record(plan_.jobs[index]);
    if (known == nullptr || known->status != RunStatus::finished) continue;
    if (options_.repeat.contains(plan_.jobs[index].key)) continue;
    settle(index, RunStatus::finished);
    estimate_.add_skipped(plan_.jobs[index].cost_seconds);
    ++num_reused_;
  }
}

void JobLedger::load_failed() {
  for (int64_t index = 0; index < std::ssize(plan_.jobs); ++index) {
    const Job& job = plan_.jobs[index];
    if (scheduler_.settled(index) || options_.repeat.contains(job.key)) continue;
    if (!failed_by_itself(job)) {
      // another share may be running the job at this moment; is_ours() looks later
      if (options_.leases != nullptr) continue;
      explain_earlier_death(job.key);
      record_crash_if_too_often(index);
    } else if (options_.retry_failed) {
      forgive(job);
    } else {
      estimate_.add_skipped(job.cost_seconds);
      block(settle(index, known_record(job)->status));
    }
  }
  crashes_.begin_run(/*alone=*/options_.leases == nullptr);
}

void JobLedger::explain_earlier_death(const std::string& key) {
  const int count = journal_.unclean_ends(key);
  if (count > 0 && !crashes_.add_from_earlier_run(key, count)) journal_.note_release(key);
}

// A job that a failed input blocked is judged anew: the input may be sound by now.
bool JobLedger::failed_by_itself(const Job& job) const {
  const Record* known = known_record(job);
  return known != nullptr && !known->provenance.contains("failed_input");
}

// Leaves the job one more try: if it takes its process down again, it is recorded as crashed.
void JobLedger::forgive(const Job& job) {
  while (journal_.unclean_ends(job.key) >= std::max<int64_t>(1, options_.max_unclean_ends))
    journal_.note_release(job.key);
  crashes_.forgive(job.key);
}

// The first job of those that `choose` goes through that `accepts` takes and that is this share's
// to run.
std::optional<int64_t> JobLedger::take_one(const Choose& choose, const Accepts& accepts) {
  const auto may_have = [&](int64_t index) {
    return accepts(index) &&
           (options_.leases == nullptr || options_.leases->take(plan_.jobs[index].key));
  };
  for (;;) {
    const std::optional<int64_t> index = choose(may_have);
    if (!index || is_ours(*index)) return index;
  }
}

TakenJobs JobLedger::take(bool careful, int64_t num_ranks, std::optional<int64_t> last) {
  const Accepts unharmed = [&](int64_t index) {
    return !careful || journal_.unclean_ends(plan_.jobs[index].key) < 2;
  };
  const auto first =
      take_one([&](const Accepts& a) { return scheduler_.take_near(last, a); }, unharmed);
  if (!first) return {};
  const auto take_sharer = [this](const std::string& sharing, const Accepts& accepts) {
    return take_one([&](const Accepts& a) { return scheduler_.take(sharing, a); }, accepts);
  };
  return with_others(*first, {.plan = plan_,
                              .scheduler = scheduler_,
                              .journal = journal_,
                              .durations = durations_,
                              .num_ranks = num_ranks,
                              .group = options_.group,
                              .take = take_sharer});
}

// Whether the job, which this share has the lease of, is still to be run: the share that had it
// before may have recorded it, or died of it as others did.
bool JobLedger::is_ours(int64_t index) {
  if (options_.leases == nullptr) return true;
  const std::string& key = plan_.jobs[index].key;
  if (options_.leases->is_second_hand(key)) read_others();
  if (scheduler_.settled(index)) return false;
  explain_earlier_death(key);
  return !record_crash_if_too_often(index);
}

bool JobLedger::read_others() {
  bool any = false;
  for (const Record& record : journal_.read_others()) {
    const std::optional<int64_t> index = index_of(record);
    if (!index || scheduler_.settled(*index)) continue;
    any = true;
    estimate_.add_skipped(plan_.jobs[*index].cost_seconds);
    // the share of the failure records what it blocks
    const auto blocked = settle(*index, record.status);
    num_blocked_ += std::ssize(blocked);
    for (const auto& one : blocked) estimate_.add_skipped(plan_.jobs[one.job].cost_seconds);
  }
  return any;
}

Assignment JobLedger::begin(const TakenJobs& taken) {
  Assignment assignment{.jobs = {}, .attempts = {}, .side_by_side = taken.side_by_side};
  for (const int64_t index : taken.jobs) {
    const Job& job = plan_.jobs[index];
    journal_.note_begin(job.key);
    const Record* earlier = known_record(job);
    const int64_t attempts_before =
        earlier != nullptr && earlier->status == RunStatus::failed ? earlier->attempt : 0;
    assignment.jobs.push_back(crashes_.as_to_run(job));
    assignment.attempts.push_back(attempts_before + journal_.unclean_ends(job.key));
  }
  assignment.hang_seconds = durations_.silence_allowed(assignment.jobs, options_.hang_seconds);
  return assignment;
}

std::optional<int64_t> JobLedger::index_of(const Record& record) const {
  const auto found = by_key_.find(record.key);
  return found == by_key_.end() ? std::nullopt : std::optional(found->second);
}

void JobLedger::add_records(std::vector<EndedJob> ended) {
  for (EndedJob& one : ended) crashes_.note_smaller_passes(one.record);
  std::vector<const EndedJob*> fresh;
  std::set<int64_t> jobs;
  for (const EndedJob& one : ended)
    if (!scheduler_.settled(one.job) && jobs.insert(one.job).second) fresh.push_back(&one);
  std::vector<const Record*> records;
  for (const EndedJob* one : fresh) records.push_back(&one->record);
  write(records);
  for (const EndedJob* one : fresh) {
    const Job& job = plan_.jobs[one->job];
    if (scheduler_.settled(one->job)) continue;  // one of the others failed, and it needs that one
    estimate_.add_run(job.cost_seconds, one->seconds);
    durations_.add(job, one->seconds);
    block(settle(one->job, one->record.status));
  }
}

void JobLedger::release(int64_t index) {
  if (scheduler_.settled(index)) return;
  scheduler_.give_back(index);
  journal_.note_release(plan_.jobs[index].key);
}

void JobLedger::lose(int64_t index, const CrashReports::Death& death) {
  if (scheduler_.settled(index)) return;
  if (!crashes_.add(plan_.jobs[index].key, death)) return release(index);
  scheduler_.give_back(index);
  record_crash_if_too_often(index);
}

// The begin of a lost job stays open in the journal. After too many of them the job is at fault,
// not the rank.
bool JobLedger::record_crash_if_too_often(int64_t index) {
  const Job& job = plan_.jobs[index];
  const int count = journal_.unclean_ends(job.key);
  if (count < options_.max_unclean_ends && (count == 0 || !crashes_.is_at_fault(job.key)))
    return false;
  const Record record = crashes_.described(failed_record(job, "", RunStatus::crashed), count);
  log_error("{}: {}", job.name, record.reason);
  write({&record});
  block(settle(index, RunStatus::crashed));
  return true;
}

const Record* JobLedger::known_record(const Job& job) const {
  const auto found = journal_.records().find(job.key);
  return found == journal_.records().end() ? nullptr : &found->second;
}

void JobLedger::write(const std::vector<const Record*>& records) {
  journal_.append(records);
  if (!options_.on_record) return;
  for (const Record* record : records) options_.on_record(*record);
}

std::vector<Scheduler::Blocked> JobLedger::settle(int64_t index, RunStatus status) {
  if (status != RunStatus::finished) {
    ++num_failed_;
    return scheduler_.fail(index);
  }
  ++num_finished_;
  scheduler_.finish(index);
  return {};
}

void JobLedger::block(const std::vector<Scheduler::Blocked>& blocked) {
  num_blocked_ += std::ssize(blocked);
  for (const Scheduler::Blocked& one : blocked) {
    estimate_.add_skipped(plan_.jobs[one.job].cost_seconds);
    blocked_.push_back(one);
  }
}

// One failure may block thousands of jobs. A round writes some of them: busy ranks do not wait.
bool JobLedger::record_blocked() {
  constexpr size_t kAtOnce = 256;
  std::map<int64_t, Record> made;
  const auto reason_of = [&](int64_t job) -> std::string {
    if (const auto own = made.find(job); own != made.end()) return own->second.reason;
    const Record* known = known_record(plan_.jobs[job]);
    return known != nullptr ? known->reason : "no reason is known";
  };
  size_t num_recorded = 0;
  for (; num_recorded < kAtOnce && !blocked_.empty(); ++num_recorded) {
    const auto [job, input] = blocked_.front();
    blocked_.pop_front();
    const Job& needed = plan_.jobs[input];
    Record record = failed_record(
        plan_.jobs[job], fmt::format("its input {} failed: {}", needed.name, reason_of(input)));
    record.provenance["failed_input"] = needed.key;
    made.emplace(job, std::move(record));
  }
  std::vector<const Record*> news;
  for (const auto& [job, record] : made) {
    const Record* known = known_record(plan_.jobs[job]);
    if (known == nullptr || known->reason != record.reason) news.push_back(&record);
  }
  write(news);
  return num_recorded > 0;
}

Progress JobLedger::progress(std::span<const RunningJob> running, int64_t num_workers,
                             double elapsed_seconds) const {
  Progress progress;
  progress.total = std::ssize(plan_.jobs);
  progress.failed = num_failed_ + num_blocked_;
  progress.done = num_finished_ + progress.failed;
  progress.reused = num_reused_;
  progress.elapsed_seconds = elapsed_seconds;
  progress.jobs_per_minute = estimate_.jobs_per_minute(elapsed_seconds);
  progress.remaining_seconds = scheduler_.done() ? 0 : remaining_seconds(running, num_workers);
  return progress;
}

double JobLedger::remaining_seconds(std::span<const RunningJob> running,
                                    int64_t num_workers) const {
  std::vector<double> paths = longest_paths_;
  double total_done = 0;
  for (const RunningJob& one : running) {
    const double done = estimate_.cost_done(plan_.jobs[one.job].cost_seconds, one.seconds);
    total_done += done;
    paths[one.job] -= done;
  }
  double longest = 0;
  for (size_t index = 0; index < paths.size(); ++index)
    if (!scheduler_.settled(static_cast<int64_t>(index))) longest = std::max(longest, paths[index]);
  return estimate_.remaining_seconds(num_workers, longest, total_done);
}

RunSummary JobLedger::summary(bool stopped) const {
  RunSummary summary;
  summary.total = std::ssize(plan_.jobs);
  summary.finished = num_finished_;
  summary.failed = num_failed_;
  summary.reused = num_reused_;
  summary.unreached = summary.total - num_finished_ - num_failed_;
  summary.interrupted = stopped && !complete();
  return summary;
}

}  // namespace dovetail
