// SPDX-License-Identifier: Apache-2.0
// Rank 0 among made-up ranks that die, come back, fall silent or are stopped at will.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdio>
#include <deque>
#include <fstream>
#include <functional>
#include <map>
#include <set>
#include <thread>

#include "base/crash_note.h"
#include "base/error.h"
#include "driver/driver.h"
#include "driver/made_up.h"
#include "driver/messages.h"

namespace dovetail {

namespace {

using made_up::finished;
using made_up::job;

// Plays ranks 1 and up: `on_job` answers assignments, and the answers wait in `arrived`.
class FakeRanks final : public Communicator {
 public:
  explicit FakeRanks(int size) : Communicator(0, size) {
    for (int rank = 1; rank < size; ++rank) say(rank, kHello, {});
  }

  void say(int rank, int tag, Bytes bytes) { arrived.push_back({rank, tag, std::move(bytes)}); }
  void say_finished(int rank, const Job& job) {
    say(rank, kRecords, to_message(Delivery{{finished(job)}}));
  }

  void send(int destination, int tag, Bytes bytes) override {
    if (dead.contains(destination)) return;
    sent[tag].push_back(destination);
    if (tag == kShutdown) say(destination, kLeave, {});
    if (tag == kJobs) on_job(destination, assignment_from({0, tag, std::move(bytes)}).jobs.at(0));
  }
  std::optional<Message> poll() override {
    if (arrived.empty()) return std::nullopt;
    Message message = std::move(arrived.front());
    arrived.pop_front();
    return message;
  }
  bool is_dead(int rank) override { return dead.contains(rank); }

  std::function<void(int rank, const Job& job)> on_job;
  std::deque<Message> arrived;
  std::set<int> dead;
  std::map<int, std::vector<int>> sent;  // tag -> destinations
};

struct Outcome {
  RunSummary summary;
  std::map<std::string, Record> records;
};

// Rank 0's own trainer is slow, so that the others get something.
std::vector<Record> slowly(std::span<const Job> group) {
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  return {finished(group[0])};
}

Outcome run(const Plan& plan, FakeRanks& ranks, DriverOptions options = {}) {
  const made_up::Folder folder;
  Outcome outcome;
  {
    Journal journal(folder.path());
    outcome.summary = coordinate(ranks, plan, journal, slowly, options);
  }
  outcome.records = read_journal(folder.path());
  return outcome;
}

Plan independent(int count) {
  std::vector<Job> jobs;
  for (int i = 0; i < count; ++i) jobs.push_back(job("job" + std::to_string(i), 1));
  return made_up::plan(std::move(jobs));
}

}  // namespace

TEST(Coordinator, HandsJobsToOtherRanksAndLetsThemGo) {
  FakeRanks ranks(3);
  std::map<int, int> jobs_of;
  ranks.on_job = [&](int rank, const Job& job) {
    ++jobs_of[rank];
    ranks.say_finished(rank, job);
  };

  const Outcome outcome = run(independent(50), ranks);

  EXPECT_EQ(outcome.summary.finished, 50);
  EXPECT_GT(jobs_of[1], 0);
  EXPECT_GT(jobs_of[2], 0);
  EXPECT_EQ(ranks.sent[kStored].size(), jobs_of[1] + jobs_of[2]);
  EXPECT_EQ(ranks.sent[kShutdown], (std::vector<int>{1, 2}));
}

TEST(Coordinator, TheJobOfADeadRankIsDoneByAnother) {
  FakeRanks ranks(2);
  std::string lost;
  ranks.on_job = [&](int rank, const Job& job) {
    lost = job.key;
    ranks.dead.insert(rank);
  };

  const Outcome outcome = run(independent(4), ranks);

  EXPECT_EQ(outcome.summary.finished, 4);
  EXPECT_EQ(outcome.records.at(lost).attempt, 2);
}

TEST(Coordinator, TheJobOfASilentRankIsDoneByAnother) {
  FakeRanks ranks(2);
  std::string lost;
  ranks.on_job = [&](int, const Job& job) { lost = job.key; };
  DriverOptions options;
  options.dead_after_seconds = 1;

  const Outcome outcome = run(independent(3), ranks, options);

  EXPECT_EQ(outcome.summary.finished, 3);
  EXPECT_EQ(outcome.records.at(lost).attempt, 2);
}

TEST(Coordinator, AJobThatKillsEveryRankIsRecordedCrashed) {
  FakeRanks ranks(5);
  const Plan plan = independent(1);
  ranks.on_job = [&](int rank, const Job&) { ranks.dead.insert(rank); };
  // Rank 0 takes the only job first; here it is one that three other ranks get before.
  const made_up::Folder folder;
  Journal journal(folder.path());
  for (int i = 0; i < 2; ++i) journal.note_begin(plan.jobs[0].key);

  const RunSummary summary = coordinate(ranks, plan, journal, slowly, {});

  EXPECT_EQ(summary.failed, 1);
  EXPECT_EQ(ranks.dead.size(), 1) << "with two unclean ends before, one more is enough";
  EXPECT_EQ(journal.records().at(plan.jobs[0].key).status, RunStatus::crashed);
}

// A signal of its own is the job's doing, so two are enough; the record says what is known.
TEST(Coordinator, AJobThatSegfaultsTwiceIsRecordedWithWhatIsKnown) {
  FakeRanks ranks(5);
  const made_up::Folder folder;
  DriverOptions options;
  options.crash_notes = folder.path() / "crashes";
  const std::filesystem::path log = folder.path() / "rank.log";
  std::ofstream(log) << "the last line\n";
  std::string key;
  ranks.on_job = [&](int rank, const Job& job) {
    key = job.key;
    add_crash_note(options.crash_notes / job.key, {"SIGSEGV", 1'240'000'000, log});
    ranks.dead.insert(rank);
  };

  const Outcome outcome = run(independent(2), ranks, options);

  const Record& record = outcome.records.at(key);
  EXPECT_EQ(record.status, RunStatus::crashed);
  EXPECT_EQ(record.attempt, 2);
  EXPECT_THAT(record.reason, testing::HasSubstr("died 2 times"));
  EXPECT_THAT(record.reason, testing::HasSubstr("ended by SIGSEGV (peak memory 1.24 GB)"));
  EXPECT_EQ(record.cost.peak_bytes, 1'240'000'000);
  const Json& crash = record.provenance.at("crash");
  EXPECT_EQ(crash.at("causes"), Json({"SIGSEGV", "SIGSEGV"}));
  EXPECT_EQ(crash.at("log"), Json({"the last line"}));
}

// Where all ranks die with one, the jobs of the others are not at fault.
TEST(Coordinator, OfJobsThatDiedTogetherTheOneThatRanIsAtFault) {
  FakeRanks ranks(2);
  const made_up::Folder folder;
  const Plan plan = independent(2);
  DriverOptions options;
  options.crash_notes = folder.path() / "crashes";
  std::filesystem::create_directories(options.crash_notes);
  for (const Job& job : plan.jobs) add_crash_note(options.crash_notes / job.key, {"kill"});
  std::ofstream(options.crash_notes / (plan.jobs[1].key + kRunningMark));
  Journal journal(folder.path());
  for (const Job& job : plan.jobs)  // an earlier run died as a whole, for the third time
    for (int i = 0; i < 3; ++i) journal.note_begin(job.key);
  ranks.on_job = [&](int rank, const Job& job) { ranks.say_finished(rank, job); };

  coordinate(ranks, plan, journal, slowly, options);

  EXPECT_EQ(journal.records().at(plan.jobs[0].key).status, RunStatus::finished);
  EXPECT_EQ(journal.records().at(plan.jobs[1].key).status, RunStatus::crashed);
  EXPECT_FALSE(std::filesystem::exists(options.crash_notes / (plan.jobs[1].key + kRunningMark)));
}

TEST(Coordinator, AStoppedRankGivesItsJobBackUnharmed) {
  FakeRanks ranks(2);
  std::string stopped;
  ranks.on_job = [&](int rank, const Job& job) {
    EXPECT_TRUE(stopped.empty()) << "a stopped rank gets no more jobs";
    stopped = job.key;
    ranks.say(rank, kHandBack, {});
    ranks.say(rank, kLeave, {});
  };

  const Outcome outcome = run(independent(5), ranks);

  EXPECT_EQ(outcome.summary.finished, 5);
  EXPECT_FALSE(outcome.summary.interrupted);
  EXPECT_EQ(outcome.records.at(stopped).attempt, 1);
}

// The stop flag is for the whole process and stays, so this runs in a child of its own.
TEST(CoordinatorDeathTest, AFailureOfAnotherRanksMachineStopsTheRun) {
  FakeRanks ranks(2);
  ranks.on_job = [&](int rank, const Job&) {
    const std::string full = "cannot write model.safetensors: No space left on device";
    ranks.say(rank, kHandBack, {full.begin(), full.end()});
    ranks.say(rank, kLeave, {});
  };
  const auto failing_run = [&] {
    const Outcome outcome = run(independent(50), ranks);
    std::fprintf(stderr, "%s", outcome.summary.machine_failure.c_str());
    for (const auto& [key, record] : outcome.records) {
      if (record.status != RunStatus::finished) std::_Exit(kFailure);
    }
    std::_Exit(outcome.summary.interrupted ? kInterrupted : kFailure);
  };

  EXPECT_EXIT(failing_run(), testing::ExitedWithCode(kInterrupted),
              "rank 1, job[0-9]+: cannot write model.safetensors: No space left on device");
}

// Rank 1 is silent for too long and then delivers; meanwhile rank 0 has done the job or is at it.
TEST(Coordinator, ALateRecordCountsOnce) {
  FakeRanks ranks(2);
  std::vector<Job> taken;
  ranks.on_job = [&](int rank, const Job& job) {
    taken.push_back(job);
    if (taken.size() > 1) ranks.say_finished(rank, job);
  };
  int num_records = 0;
  DriverOptions options;
  options.dead_after_seconds = 0.5;
  options.on_record = [&](const Record&) {
    if (++num_records == 40) ranks.say_finished(1, taken.at(0));
  };

  const Outcome outcome = run(independent(60), ranks, options);

  EXPECT_EQ(outcome.summary.finished, 60);
  EXPECT_EQ(num_records, 60);
  EXPECT_GT(taken.size(), 1) << "a rank that is back gets jobs again";
}

TEST(Coordinator, TheLastWordsOfADeadRankCount) {
  FakeRanks ranks(2);
  ranks.on_job = [&](int rank, const Job& job) {
    ranks.say_finished(rank, job);
    ranks.dead.insert(rank);
  };

  const Outcome outcome = run(independent(4), ranks);

  EXPECT_EQ(outcome.summary.finished, 4);
  for (const auto& [key, record] : outcome.records) EXPECT_EQ(record.attempt, 1);
}

}  // namespace dovetail
