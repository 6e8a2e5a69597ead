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

// The words are those of LibTorch 2.11's allocators.
TEST(RunGuarded, TellsAWantOfMemoryFromOtherFailures) {
  const auto reason = [](const char* message) {
    return run_guarded([&] { throw std::runtime_error(message); });
  };
  EXPECT_EQ(reason("[enforce fail at alloc_cpu.cpp:124] err == 0. DefaultCPUAllocator: can't "
                   "allocate memory: you tried to allocate 4611686018427387904 bytes. Error code "
                   "12 (Cannot allocate memory)"),
            kOutOfMemory);
  EXPECT_EQ(reason("CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has a total capacity of"),
            kOutOfDeviceMemory);
  EXPECT_TRUE(is_out_of_memory(kOutOfDeviceMemory));
  EXPECT_FALSE(is_out_of_memory(reason("CUDA error: an illegal memory access was encountered")));
  EXPECT_FALSE(is_out_of_memory(reason("the corpus needs memory")));
}

TEST(RunGuarded, LetsPassWhatEndsMoreThanOneWork) {
  EXPECT_THROW(run_guarded([] { throw Interrupted(); }), Interrupted);
  EXPECT_THROW(run_guarded([] { throw CommError("a rank is lost"); }), CommError);
  EXPECT_THROW(run_guarded([] { throw DataParallelFailure("another member failed"); }),
               DataParallelFailure);
}

}  // namespace
}  // namespace dovetail
