// SPDX-License-Identifier: Apache-2.0
#include "comm/process_identity.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

namespace dovetail {

namespace {

// A child that says who it is and then waits to be killed.
struct Child {
  Child() {
    int ends[2];
    EXPECT_EQ(::pipe(ends), 0);
    process = ::fork();
    if (process == 0) {
      const ProcessIdentity mine = own_identity();
      const bool told = ::write(ends[1], &mine, sizeof(mine)) == sizeof(mine);
      while (told) ::pause();
      ::_exit(1);
    }
    EXPECT_EQ(::read(ends[0], &identity, sizeof(identity)), sizeof(identity));
    ::close(ends[0]);
    ::close(ends[1]);
  }
  pid_t process;
  ProcessIdentity identity;
};

}  // namespace

TEST(ProcessIdentity, OwnProcessLives) { EXPECT_FALSE(has_ended(own_identity())); }

TEST(ProcessIdentity, DeathShowsBeforeAndAfterTheParentLooks) {
  const Child child;
  EXPECT_EQ(child.identity.process, child.process);
  EXPECT_FALSE(has_ended(child.identity));

  ::kill(child.process, SIGKILL);
  siginfo_t info;
  ::waitid(P_PID, child.process, &info, WEXITED | WNOWAIT);  // leaves a zombie

  EXPECT_TRUE(has_ended(child.identity));
  ::waitpid(child.process, nullptr, 0);
  EXPECT_TRUE(has_ended(child.identity));
}

TEST(ProcessIdentity, AProcessIdUsedAgainIsAnotherProcess) {
  ProcessIdentity before = own_identity();
  before.start_time -= 1;

  EXPECT_TRUE(has_ended(before));
}

TEST(ProcessIdentity, NothingIsKnownOfOtherMachines) {
  ProcessIdentity elsewhere = own_identity();
  elsewhere.machine += 1;
  elsewhere.process = -1;

  EXPECT_FALSE(has_ended(elsewhere));
}

}  // namespace dovetail
