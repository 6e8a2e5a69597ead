// SPDX-License-Identifier: Apache-2.0
#include "base/subnormals.h"

#include <gtest/gtest.h>

#include <limits>
#include <thread>

namespace dovetail {
namespace {

// In threads of its own, so that the other tests compute as before.
TEST(Subnormals, CountAsZeroInAThreadAndInThoseThatItStarts) {
  bool before = true, in_thread = false, in_its_thread = false;
  float sum = 1;
  std::thread([&] {
    before = flushes_subnormals();
    flush_subnormals();
    in_thread = flushes_subnormals();
    std::thread([&] { in_its_thread = flushes_subnormals(); }).join();
    volatile float subnormal = std::numeric_limits<float>::denorm_min();
    sum = subnormal * std::numeric_limits<float>::max();
  }).join();

  EXPECT_FALSE(before);
  EXPECT_TRUE(in_thread);
  EXPECT_TRUE(in_its_thread);
  EXPECT_EQ(sum, 0);  // an operand that is subnormal counts as zero
  EXPECT_FALSE(flushes_subnormals());
}

}  // namespace
}  // namespace dovetail
