// SPDX-License-Identifier: Apache-2.0
#include "base/stop.h"

#include <gtest/gtest.h>

#include <csignal>

#include "base/error.h"

namespace dovetail {
namespace {

// The flag stays up for the rest of the process, so each case runs in a process of its own.
[[noreturn]] void exit_with_answer_after(int signal) {
  install_stop_handlers();
  if (stop_requested()) std::_Exit(10);
  check_stop();
  std::raise(signal);
  if (!stop_requested()) std::_Exit(11);
  try {
    check_stop();
  } catch (const Interrupted&) {
    std::_Exit(0);
  }
  std::_Exit(12);
}

TEST(StopDeathTest, SignalsAskForAStop) {
  for (const int signal : {SIGINT, SIGTERM, SIGUSR1}) {
    EXPECT_EXIT(exit_with_answer_after(signal), ::testing::ExitedWithCode(0), "") << signal;
  }
}

TEST(StopDeathTest, ARequestIsAStop) {
  EXPECT_EXIT(
      {
        request_stop();
        std::_Exit(stop_requested() ? 0 : 1);
      },
      ::testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace dovetail
