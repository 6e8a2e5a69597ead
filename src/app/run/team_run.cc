// SPDX-License-Identifier: Apache-2.0
#include "app/run/team_run.h"

#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <thread>

#include "base/error.h"
#include "base/log.h"
#include "base/stop.h"
#include "driver/messages.h"
#include "driver/pace.h"

namespace dovetail {

namespace {

enum TeamTag : int {
  // leader to members
  kPlace = Team::kFirstTag,  // where the run keeps its things
  kTeamJobs,                 // train these with me
  kOver,                     // whatever of the last jobs you still do, nobody waits for it
  kLetGo,                    // there is nothing more to do
  // member to leader
  kGaveUp,  // I cannot go on with these jobs; the body: why
};

// What a member that was stopped by itself grants its leader to find out.
constexpr double kLonelySeconds = 10;

bool is_shared_work(std::span<const Job> group) {
  return group.front().kind == JobKind::pretrain || group.front().kind == JobKind::tune;
}

}  // namespace

TeamRun::TeamRun(int team_size) {
  if (team_size == 1) {
    ranks_.leaders = make_communicator();
    return;
  }
  ranks_ = make_communicators(team_size);
  if (!ranks_.team) return;
  team_ = std::make_unique<Team>(*ranks_.team);
  gradients_ = std::make_unique<TeamGradients>(*team_);
}

TeamRun::~TeamRun() {
  if (!team_ || !leads()) return;
  try {
    tell_members(kLetGo, {});
  } catch (const std::exception& error) {
    log_warning("the members of the team could not be let go: {}", error.what());
  }
}

void TeamRun::tell_members(int tag, const Team::Bytes& body) {
  for (int member = 1; member < team_->size(); ++member) team_->send(member, tag, body);
}

std::function<std::vector<Record>(std::span<const Job>)> TeamRun::lead(
    const MakeRunner& make_runner, const RunPaths& place) {
  const int rank = leaders().rank();
  const std::shared_ptr<JobRunner> runner = make_runner(place, gradients_.get(), rank);
  if (!team_) return [runner](std::span<const Job> group) { return runner->run(group); };
  tell_members(
      kPlace, to_message(Json{
                  {"out", place.out.string()}, {"store", place.store.string()}, {"leader", rank}}));
  return [this, runner](std::span<const Job> group) {
    return is_shared_work(group) ? run_together(*runner, group) : runner->run(group);
  };
}

std::vector<Record> TeamRun::run_together(JobRunner& runner, std::span<const Job> group) {
  team_->begin_work(team_->work() + 1);
  tell_members(kTeamJobs, to_message(Assignment{{group.begin(), group.end()}, {}}));
  try {
    std::vector<Record> records = runner.run(group);
    tell_members(kOver, {});
    return records;
  } catch (const Interrupted&) {
    tell_members(kOver, {});
    request_stop();  // the signal may have reached a member alone
    throw;
  } catch (const CommError& error) {
    log_error("{}", error.what());
    fmt::print(stderr, "dovetail: {}; this team stops\n", error.what());
    request_stop();
    throw Interrupted();
  }
}

void TeamRun::follow(const MakeRunner& make_runner) {
  std::unique_ptr<JobRunner> runner;
  Pace pace;
  auto heard = Clock::now();
  while (!stop_requested() || seconds_since(heard) < kLonelySeconds) {
    const std::optional<Message> message = team_->next_message();
    if (!message) {
      std::this_thread::sleep_for(pace.next(false));
      if (!stop_requested()) heard = Clock::now();
      continue;
    }
    heard = Clock::now();
    pace.next(true);
    if (message->tag == kLetGo) return;
    if (message->tag == kTeamJobs) run_part(*runner, *message);
    if (message->tag != kPlace) continue;
    const Json place = body_of(*message);
    runner = make_runner({place.at("out").get<std::string>(), place.at("store").get<std::string>()},
                         gradients_.get(), place.at("leader").get<int>());
  }
}

void TeamRun::run_part(JobRunner& runner, const Message& message) {
  const Assignment assignment = assignment_from(message);
  team_->begin_work(team_->work() + 1);
  try {
    for (const Record& record : runner.run(assignment.jobs)) {
      if (record.status == RunStatus::finished) continue;
      log_info("{}: {}", record.name, record.reason);
      const Team::Bytes why(record.reason.begin(), record.reason.end());
      team_->send(0, kGaveUp, why);
    }
  } catch (const Interrupted&) {
    log_info("interrupted");
  }
}

}  // namespace dovetail
