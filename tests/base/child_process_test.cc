// SPDX-License-Identifier: Apache-2.0
#include "base/child_process.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <thread>

#include "base/error.h"
#include "base/message_of.h"
#include "base/stop.h"

namespace dovetail {
namespace {

using testing::HasSubstr;

TEST(ChildProcess, ReturnsBytesOfAnySize) {
  EXPECT_EQ(run_in_child("work", [] { return std::string(); }), "");
  EXPECT_EQ(run_in_child("work", [] { return std::string(3'000'000, '\0'); }),
            std::string(3'000'000, '\0'));
}

TEST(ChildProcess, PassesErrorsOn) {
  EXPECT_EQ(message_of<ConfigError>(
                [] { run_in_child("work", []() -> std::string { throw ConfigError("c"); }); }),
            "c");
  EXPECT_EQ(message_of<DataError>(
                [] { run_in_child("work", []() -> std::string { throw DataError("d"); }); }),
            "d");
  EXPECT_EQ(message_of<SystemError>(
                [] { run_in_child("work", []() -> std::string { throw std::bad_alloc(); }); }),
            "std::bad_alloc");
}

TEST(ChildProcess, ReportsADeath) {
  EXPECT_THAT(message_of<SystemError>([] {
                run_in_child("the work", []() -> std::string {
                  ::raise(SIGKILL);
                  return "";
                });
              }),
              HasSubstr("the work: its process was ended by signal 9"));
  EXPECT_THAT(message_of<SystemError>(
                  [] { run_in_child("the work", []() -> std::string { ::_exit(0); }); }),
              HasSubstr("ended without a result"));
}

// The stop flag has no way back, so it is set in a process of its own.
TEST(ChildProcess, AStopRequestEndsTheWorkAtOnce) {
  const auto start = std::chrono::steady_clock::now();
  const pid_t pid = ::fork();
  if (pid == 0) {
    std::thread([] {
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
      request_stop();
    }).detach();
    try {
      run_in_child("work", [] {
        ::sleep(60);
        return std::string();
      });
    } catch (const Interrupted&) {
      ::_exit(::wait(nullptr) < 0 ? kInterrupted : kFailure);  // no child may be left
    }
    ::_exit(kSuccess);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(pid, &status, 0), pid);

  EXPECT_EQ(WEXITSTATUS(status), kInterrupted);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(5));
}

}  // namespace
}  // namespace dovetail
