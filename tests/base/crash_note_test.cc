// SPDX-License-Identifier: Apache-2.0
#include "base/crash_note.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <thread>

#include "base/scratch_folder.h"
#include "base/stop.h"

namespace dovetail {
namespace {

// The signal that ends a process which does this; 0 if none does. MPI, the tests' own runner and
// others catch signals too: the course of a signal is the system's here.
int signal_that_ends(const std::function<void()>& work) {
  const pid_t child = ::fork();
  if (child == 0) {
    for (const int number : {SIGSEGV, SIGABRT, SIGBUS}) ::signal(number, SIG_DFL);
    work();
    ::_exit(0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

// Every frame holds more than the kernel's guard page.
int fill_the_stack(int depth) {
  volatile char frame[8192];
  frame[depth % 8192] = 1;
  return depth < 0 ? 0 : fill_the_stack(depth + 1) + frame[depth % 8192];
}

TEST(CrashWatch, NamesTheSignalTheLogAndTheMemory) {
  const ScratchFolder folder;
  const auto file = folder / "notes/key";

  const int ended_by = signal_that_ends([&] {
    const CrashWatch watch(file, "logs of mine/rank-3.log");
    ::raise(SIGSEGV);
  });

  EXPECT_EQ(ended_by, SIGSEGV) << "the note must not change the signal's course";
  const std::vector<CrashNote> notes = read_crash_notes(file);
  ASSERT_EQ(notes.size(), 1);
  EXPECT_EQ(notes[0].cause, "SIGSEGV");
  EXPECT_EQ(notes[0].log, "logs of mine/rank-3.log");
  EXPECT_GT(notes[0].peak_bytes, 1 << 20);
}

TEST(CrashWatch, AddsANoteForEachDeath) {
  const ScratchFolder folder;
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(signal_that_ends([&] {
                const CrashWatch watch(folder / "key", "");
                std::abort();
              }),
              SIGABRT);
  }
  const std::vector<CrashNote> notes = read_crash_notes(folder / "key");
  ASSERT_EQ(notes.size(), 2);
  EXPECT_EQ(notes[1].cause, "SIGABRT");
}

TEST(CrashWatch, SurvivesAStackThatOverflowed) {
  const ScratchFolder folder;
  EXPECT_EQ(signal_that_ends([&] {
              std::thread([&] {
                const CrashWatch watch(folder / "key", "");
                ::_exit(fill_the_stack(0));
              }).join();
            }),
            SIGSEGV);
  ASSERT_EQ(read_crash_notes(folder / "key").size(), 1);
}

TEST(CrashWatch, LeavesNoNoteOfAKillNorOfLaterWork) {
  const ScratchFolder folder;
  signal_that_ends([&] {
    const CrashWatch watch(folder / "killed", "");
    ::raise(SIGKILL);
  });
  signal_that_ends([&] {
    { const CrashWatch watch(folder / "over", ""); }
    ::raise(SIGSEGV);
  });
  EXPECT_TRUE(read_crash_notes(folder / "killed").empty());
  EXPECT_TRUE(read_crash_notes(folder / "over").empty());
}

TEST(CrashWatch, ACallerMayLeaveTheNote) {
  const ScratchFolder folder;
  signal_that_ends([&] {
    const CrashWatch watch(folder / "key", "");
    leave_crash_note(kNoProgress);
    leave_crash_note(kNoProgress);
  });
  ASSERT_EQ(read_crash_notes(folder / "key").size(), 1) << "one death has one note";
  EXPECT_EQ(read_crash_notes(folder / "key")[0].cause, kNoProgress);
}

// The mark that is left behind tells the job that ran. Launchers send SIGTERM to all ranks once one
// has died, and SIGKILL a second later.
TEST(CrashWatch, MarksSuspectsWhileTheyRun) {
  const ScratchFolder folder;
  for (const char* suspect : {"over", "stopped", "killed"}) folder.write(suspect, "kill 0 \n");
  const auto is_marked = [&](const std::string& key) {
    return std::filesystem::exists(folder / (key + kRunningMark));
  };
  signal_that_ends([&] {
    { const CrashWatch watch(folder / "over", ""); }
    const CrashWatch watch(folder / "unknown", "");
    ::raise(SIGKILL);
  });
  signal_that_ends([&] {
    install_stop_handlers();
    const CrashWatch watch(folder / "stopped", "");
    ::raise(SIGTERM);
    ::raise(SIGKILL);
  });
  signal_that_ends([&] {
    const CrashWatch watch(folder / "killed", "");
    ::raise(SIGKILL);
  });
  EXPECT_FALSE(is_marked("over"));
  EXPECT_FALSE(is_marked("unknown"));
  EXPECT_FALSE(is_marked("stopped"));
  EXPECT_TRUE(is_marked("killed"));
}

TEST(ReadCrashNotes, PassesOverATornLine) {
  const ScratchFolder folder;
  folder.write("key", "SIGSEGV 1000 rank-2.log\nSIGB");
  EXPECT_EQ(read_crash_notes(folder / "key").size(), 1);
}

}  // namespace
}  // namespace dovetail
