// SPDX-License-Identifier: Apache-2.0
#include "base/memory.h"

#include <gtest/gtest.h>
#include <unistd.h>

namespace dovetail {
namespace {

TEST(Memory, AvailableIsNoMoreThanTheMachineHas) {
  const int64_t has = sysconf(_SC_PHYS_PAGES) * sysconf(_SC_PAGE_SIZE);
  EXPECT_GT(available_memory(), 0);
  EXPECT_LE(available_memory(), has);
}

}  // namespace
}  // namespace dovetail
