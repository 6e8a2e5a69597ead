// SPDX-License-Identifier: Apache-2.0
#include "driver/job_leases.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <fstream>
#include <functional>
#include <map>
#include <mutex>
#include <thread>

#include "driver/driver.h"
#include "driver/made_up.h"
#include "store/share_journals.h"

namespace dovetail {
namespace {

class JobLeasesTest : public testing::Test {
 protected:
  JobLeasesTest() { std::filesystem::create_directories(journal_); }

  std::string new_share() const { return make_share_folder(journal_); }

  made_up::Folder folder_;
  std::filesystem::path journal_ = folder_.path() / "journal";
};

// Does the work in a process of its own, which then ends without another word, as if killed.
void in_killed_process(const std::function<void()>& work) {
  const pid_t child = ::fork();
  if (child == 0) {
    work();
    ::_exit(0);
  }
  ::waitpid(child, nullptr, 0);
}

TEST_F(JobLeasesTest, AJobHasOneShare) {
  JobLeases a(journal_, new_share()), b(journal_, new_share());

  EXPECT_TRUE(a.take("job"));
  EXPECT_FALSE(b.take("job"));
  EXPECT_TRUE(b.take("other"));
  EXPECT_FALSE(b.is_second_hand("other"));
}

TEST_F(JobLeasesTest, AShareThatHasEndedGivesWay) {
  auto a = std::make_unique<JobLeases>(journal_, new_share());
  ASSERT_TRUE(a->take("job"));
  a.reset();
  JobLeases b(journal_, new_share()), c(journal_, new_share());

  EXPECT_TRUE(b.take("job"));
  EXPECT_TRUE(b.is_second_hand("job"));
  EXPECT_FALSE(c.take("job"));
}

TEST_F(JobLeasesTest, AKilledShareGivesWay) {
  const std::string killed = new_share();
  in_killed_process([&] { (new JobLeases(journal_, killed))->take("job"); });

  EXPECT_TRUE(JobLeases(journal_, new_share()).take("job"));
}

// A share of another machine, of which nothing but its pulse can be seen.
TEST_F(JobLeasesTest, ASilentShareGivesWayAfterItsTime) {
  const std::string far = new_share();
  in_killed_process([&] { (new JobLeases(journal_, far))->take("job"); });
  std::ofstream(journal_ / far / "pulse") << R"({"machine": 1, "beats": 5})";
  JobLeases patient(journal_, new_share(), 1000), b(journal_, new_share(), 0.2);

  EXPECT_FALSE(patient.take("job"));
  EXPECT_FALSE(b.take("job"));
  std::this_thread::sleep_for(std::chrono::milliseconds(2200));  // the next look at the lease
  EXPECT_TRUE(b.take("job"));
}

// Many threads at once, each a share of its own.
TEST_F(JobLeasesTest, OneOfManyThatFindADeathGetsTheJob) {
  const std::string killed = new_share();
  in_killed_process([&] { (new JobLeases(journal_, killed))->take("job"); });
  std::vector<std::unique_ptr<JobLeases>> shares;
  for (int i = 0; i < 16; ++i) shares.push_back(std::make_unique<JobLeases>(journal_, new_share()));
  std::atomic<int> num_taken = 0;

  std::vector<std::thread> threads;
  for (auto& share : shares) threads.emplace_back([&] { num_taken += share->take("job"); });
  for (std::thread& thread : threads) thread.join();

  EXPECT_EQ(num_taken, 1);
}

// A share's run of a plan; each job waits a little and is counted.
RunSummary run_share(const std::filesystem::path& folder, const Plan& plan,
                     const std::function<Record(const Job&)>& work) {
  Journal journal(folder, Journal::OfNewShare{});
  JobLeases leases(folder / "journal", journal.share());
  DriverOptions options;
  options.leases = &leases;
  const auto communicator = make_serial_communicator();
  return coordinate(
      *communicator, plan, journal,
      [&](std::span<const Job> group) { return std::vector<Record>{work(group[0])}; }, options);
}

TEST_F(JobLeasesTest, SharesDoAPlanTogetherAndNothingTwice) {
  const Plan plan = made_up::tree(3, 10);
  std::mutex mutex;
  std::map<std::string, int> times;
  const auto work = [&](const Job& job) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    const std::lock_guard lock(mutex);
    ++times[job.name];
    return made_up::finished(job);
  };

  std::vector<std::thread> shares;
  for (int i = 0; i < 4; ++i) shares.emplace_back([&] { run_share(folder_.path(), plan, work); });
  for (std::thread& share : shares) share.join();

  EXPECT_EQ(times.size(), plan.jobs.size());
  for (const auto& [name, count] : times) EXPECT_EQ(count, 1) << name;
  EXPECT_EQ(read_journal(folder_.path()).size(), plan.jobs.size());
}

// The first share dies in the midst of a job that it has recorded, and of one that it has not.
TEST_F(JobLeasesTest, AnotherShareGoesOnWhereOneDied) {
  const Plan plan = made_up::tree(1, 3);
  in_killed_process([&] {
    run_share(folder_.path(), plan, [&, done = 0](const Job& job) mutable {
      if (++done == 3) ::_exit(0);
      return made_up::finished(job);
    });
  });
  const size_t before = read_journal(folder_.path()).size();
  std::vector<std::string> again;

  run_share(folder_.path(), plan, [&](const Job& job) {
    again.push_back(job.name);
    return made_up::finished(job);
  });

  EXPECT_EQ(before, 2u);
  EXPECT_EQ(again.size(), plan.jobs.size() - 2);
}

// While the first share runs the long job, a second one comes, does the short job and goes. The
// first then finds the lease of a share that has ended, and must not run the job again.
TEST_F(JobLeasesTest, TheRecordOfAnEndedShareIsReadBeforeItsJobIsTaken) {
  const Plan plan = made_up::plan({made_up::job("long", 2), made_up::job("short", 1)});
  int num_short = 0;
  const auto count = [&](const Job& job) {
    num_short += job.name == "short";
    return made_up::finished(job);
  };

  run_share(folder_.path(), plan, [&](const Job& job) {
    if (job.name == "long") run_share(folder_.path(), plan, count);
    return count(job);
  });

  EXPECT_EQ(num_short, 1);
  EXPECT_EQ(read_journal(folder_.path()).size(), 2u);
}

// A job that takes every share down is recorded as crashed by the fourth, and stops nothing else.
TEST_F(JobLeasesTest, AJobThatKillsItsSharesIsFoundOut) {
  const Plan plan = made_up::tree(1, 3);
  const auto work = [](const Job& job) {
    if (job.name == "tune0.1") ::_exit(0);
    return made_up::finished(job);
  };
  for (int i = 0; i < 3; ++i) in_killed_process([&] { run_share(folder_.path(), plan, work); });

  const RunSummary summary = run_share(folder_.path(), plan, work);

  EXPECT_EQ(summary.finished, summary.total - 1);
  const auto records = read_journal(folder_.path());
  EXPECT_EQ(records.at(made_up::job("tune0.1", 0).key).status, RunStatus::crashed);
}

}  // namespace
}  // namespace dovetail
