// SPDX-License-Identifier: Apache-2.0
#include "base/run_guarded.h"

#include <gtest/gtest.h>

namespace dovetail {
namespace {

TEST(RunGuarded, ReturnsTheReasonOfAFailure) {
  EXPECT_EQ(run_guarded([] {}), "");
  EXPECT_EQ(run_guarded([] { throw DataError("a bad row"); }), "a bad row");
  EXPECT_EQ(run_guarded([] { throw SystemError("a full disk"); }), "a full disk");
  EXPECT_EQ(run_guarded([] { throw std::bad_alloc(); }), kOutOfMemory);
  EXPECT_NE(run_guarded([] { throw SystemError(""); }), "");
}

TEST(RunGuarded, LetsPassWhatEndsMoreThanOneWork) {
  EXPECT_THROW(run_guarded([] { throw Interrupted(); }), Interrupted);
  EXPECT_THROW(run_guarded([] { throw CommError("a rank is lost"); }), CommError);
  EXPECT_THROW(run_guarded([] { throw DataParallelFailure("another member failed"); }),
               DataParallelFailure);
}

}  // namespace
}  // namespace dovetail
