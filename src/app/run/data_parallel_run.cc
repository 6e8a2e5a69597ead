// SPDX-License-Identifier: Apache-2.0
#include "app/run/data_parallel_run.h"

#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <thread>

#include "app/run/group_gradients.h"
#include "base/error.h"
#include "base/log.h"
#include "base/machine_failure.h"
#include "base/memory.h"
#include "base/run_guarded.h"
#include "base/stop.h"
#include "driver/messages.h"
#include "driver/pace.h"
#include "jobs/memory_retry.h"
#include "model/device.h"

namespace dovetail {

namespace {

enum GroupTag : int {
  // leader to followers
  kPaths = DataParallelGroup::kFirstTag,  // body: the paths of the run and the leader's rank
  kGroupJobs,                             // body: an Assignment to train together
  kJobsOver,                              // the leader has ended the last jobs
  kRelease,                               // no job is left
  // follower to leader
  kGiveUp,  // this rank cannot go on with the jobs; body: the reason as text
};

// How long a follower that got a stop signal alone waits for a message of its leader.
constexpr double kLeaderTimeout = 10;

bool trains(std::span<const Job> jobs) {
  return jobs.front().kind == JobKind::pretrain || jobs.front().kind == JobKind::tune;
}

}  // namespace

DataParallelRun::DataParallelRun(int group_size, std::string device) : device_(std::move(device)) {
  if (group_size == 1) {
    ranks_.leaders = make_communicator();
    return;
  }
  ranks_ = make_communicators(group_size);
  if (!ranks_.group) return;
  group_ = std::make_unique<DataParallelGroup>(*ranks_.group);
}

// Made when the first job comes: only then is it known that this machine has the device.
GradientAllReduce* DataParallelRun::gradients() {
  if (group_ && !gradients_) gradients_ = make_gradients(*group_, device_from(device_));
  return gradients_.get();
}

DataParallelRun::~DataParallelRun() {
  if (!group_ || !leads()) return;
  try {
    send_to_followers(kRelease, {});
  } catch (const std::exception& error) {
    log_warning("cannot release the other ranks of the data-parallel group: {}", error.what());
  }
}

void DataParallelRun::send_to_followers(int tag, const DataParallelGroup::Bytes& body) {
  for (int rank = 1; rank < group_->size(); ++rank) group_->send(rank, tag, body);
}

RunGroup DataParallelRun::job_function(const MakeRunner& make_runner, const RunPaths& paths) {
  const int rank = leaders().rank();
  const std::shared_ptr<JobRunner> runner = make_runner(paths, gradients(), rank);
  if (!group_) {
    return [runner](std::span<const Job> jobs, const RecordSink& done) { runner->run(jobs, done); };
  }
  send_to_followers(kPaths, to_message(Json{{"out", paths.out.string()},
                                            {"store", paths.store.string()},
                                            {"share", paths.share},
                                            {"leader", rank}}));
  return [this, runner](std::span<const Job> jobs, const RecordSink& done) {
    trains(jobs) ? run_with_followers(*runner, jobs, done) : runner->run(jobs, done);
  };
}

// What a follower said when it gave up, or "". Takes all messages: one left would end the next job.
std::string DataParallelRun::reason_of_follower() {
  std::string reason;
  while (const std::optional<Message> message = group_->next_message()) {
    if (message->tag != kGiveUp || !reason.empty()) continue;
    reason =
        fmt::format("{} (on rank {} of its data-parallel group)",
                    std::string(message->bytes.begin(), message->bytes.end()), message->source);
  }
  return reason;
}

void DataParallelRun::run_together(JobRunner& runner, std::span<const Job> jobs,
                                   const RecordSink& done) {
  group_->begin_job(group_->job() + 1);
  send_to_followers(kGroupJobs, to_message(Assignment{{jobs.begin(), jobs.end()}, {}}));
  std::vector<Record> records(jobs.size());
  runner.run(jobs, [&](size_t job, Record record) { records[job] = std::move(record); });
  const std::string reason = reason_of_follower();
  send_to_followers(kJobsOver, {});
  for (size_t job = 0; job < jobs.size(); ++job) {
    Record& record = records[job];
    if (record.status == RunStatus::failed && !reason.empty()) record.reason = reason;
    done(job, std::move(record));
  }
}

void DataParallelRun::run_with_followers(JobRunner& runner, std::span<const Job> jobs,
                                         const RecordSink& done) {
  const auto run = [&](std::span<const Job> some, const RecordSink& one_done) {
    run_together(runner, some, one_done);
  };
  try {
    run_with_memory_retry(jobs, run, done);
  } catch (const Interrupted&) {
    send_to_followers(kJobsOver, {});
    request_stop();  // the signal may have reached a follower alone
    throw;
  } catch (const MachineFailure&) {
    send_to_followers(kJobsOver, {});
    throw;
  } catch (const CommError& error) {
    log_error("{}", error.what());
    fmt::print(stderr, "dovetail: {}; this group stops\n", error.what());
    request_stop();
    throw Interrupted();
  }
}

void DataParallelRun::follow_leader(const MakeRunner& make_runner) {
  if (!group_) return;
  std::unique_ptr<JobRunner> runner;
  Pace pace;
  auto heard = Clock::now();
  while (!stop_requested() || seconds_since(heard) < kLeaderTimeout) {
    const std::optional<Message> message = group_->next_message();
    if (!message) {
      std::this_thread::sleep_for(pace.next(false));
      if (!stop_requested()) heard = Clock::now();
      continue;
    }
    heard = Clock::now();
    pace.next(true);
    if (message->tag == kRelease) return;
    if (message->tag == kGroupJobs) run_part(*runner, *message);
    if (message->tag != kPaths) continue;
    const Json body = body_of(*message);
    runner = make_runner({body.at("out").get<std::string>(), body.at("store").get<std::string>(),
                          body.at("share").get<std::string>()},
                         gradients(), body.at("leader").get<int>());
  }
}

void DataParallelRun::run_part(JobRunner& runner, const Message& message) {
  const Assignment assignment = assignment_from(message);
  group_->begin_job(group_->job() + 1);
  try {
    runner.run(assignment.jobs, [&](size_t, const Record& record) {
      if (record.status == RunStatus::finished) return;
      log_info("{}: {}", record.name, record.reason);
      group_->send(0, kGiveUp, {record.reason.begin(), record.reason.end()});
      if (is_out_of_memory(record.reason)) return_freed_memory();  // for the next try
    });
  } catch (const Interrupted&) {
    log_info("interrupted");
  } catch (const MachineFailure& failure) {
    const std::string_view reason = failure.what();
    log_error("{}", reason);
    group_->send(0, kGiveUp, {reason.begin(), reason.end()});
  }
}

}  // namespace dovetail
