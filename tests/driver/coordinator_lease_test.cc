// SPDX-License-Identifier: Apache-2.0
// flock plays no part here: what these tests see holds on a file system without it.
#include "driver/coordinator_lease.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>

#include "base/machine_failure.h"
#include "base/scratch_folder.h"
#include "store/journal_file.h"

namespace dovetail {
namespace {

// Owners of another machine, which shows nothing of them but their pulse.
void write_pulse(const ScratchFolder& folder, int64_t beats) {
  std::filesystem::create_directories(folder / "journal/owner-1");
  std::ofstream(folder / "journal/owner-1/pulse")
      << R"({"owner": "process 1 on host far", "machine": 1, "process": 1, "start_time": 1, "beats": )"
      << beats << R"(, "has_ended": false})";
}

TEST(CoordinatorLease, RefusesASecondOwnerWhileTheFirstLives) {
  const ScratchFolder folder;
  const CoordinatorLease first(folder.path(), 60);
  EXPECT_THROW(CoordinatorLease(folder.path(), 60), FolderInUse);
}

TEST(CoordinatorLease, PassesOnWhatAnOwnerGaveBack) {
  const ScratchFolder folder;
  { const CoordinatorLease first(folder.path(), 60); }
  const CoordinatorLease second(folder.path(), 60);
  EXPECT_EQ(second.epoch(), 2);
}

TEST(CoordinatorLease, FindsTheDeathOfAProcessOfThisMachineAtOnce) {
  const ScratchFolder folder;
  const pid_t child = ::fork();
  if (child == 0) {
    const CoordinatorLease first(folder.path(), 60);
    ::raise(SIGKILL);
  }
  ::waitpid(child, nullptr, 0);
  const auto begun = Clock::now();
  const CoordinatorLease second(folder.path(), 60);
  EXPECT_EQ(second.epoch(), 2);
  EXPECT_LT(seconds_since(begun), 30);
}

TEST(CoordinatorLease, TakesOverFromAnotherMachineWithoutAPulse) {
  const ScratchFolder folder;
  write_pulse(folder, 7);
  const CoordinatorLease second(folder.path(), 0.5);
  EXPECT_EQ(second.epoch(), 2);
  EXPECT_NO_THROW(second.check());
}

TEST(CoordinatorLease, RefusesWhileAnotherMachineShowsAPulse) {
  const ScratchFolder folder;
  write_pulse(folder, 7);
  std::thread beats([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(1500));
    write_pulse(folder, 8);
  });
  try {
    const CoordinatorLease second(folder.path(), 60);
    ADD_FAILURE() << "took over from the living";
  } catch (const FolderInUse& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("another run (process 1 on host far)"));
  }
  beats.join();
}

// One that stood still for too long is told before it writes again.
TEST(CoordinatorLease, TellsAnOwnerThatAnotherHasFollowed) {
  const ScratchFolder folder;
  const CoordinatorLease first(folder.path(), 60);
  EXPECT_NO_THROW(first.check());
  std::filesystem::create_directories(folder / "journal/owner-2");
  EXPECT_THROW(first.check(), MachineFailure);
  std::filesystem::rename(folder / "journal/owner-2", folder / "journal/owner-3");
  std::filesystem::remove_all(folder / "journal/owner-1");
  EXPECT_THROW(first.check(), MachineFailure) << "also when two have followed";
}

}  // namespace
}  // namespace dovetail
