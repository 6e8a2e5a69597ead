// SPDX-License-Identifier: Apache-2.0
#include "base/machine_failure.h"

#include <gtest/gtest.h>

#include <cerrno>

#include "base/file.h"
#include "base/folder.h"
#include "base/run_guarded.h"
#include "base/scratch_folder.h"

namespace dovetail {

namespace {

TEST(MachineFailure, WhatCannotBeWrittenIsTheMachines) {
  const ScratchFolder folder;
  folder.write("file", "in the way");

  EXPECT_THROW(write_file_atomically(folder / "absent/file", "bytes"), MachineFailure);
  EXPECT_THROW(make_folders(folder / "file/below"), MachineFailure);
  EXPECT_THROW(publish_folder(folder / "file/below", [](const auto&) {}), MachineFailure);
}

TEST(MachineFailure, AMissingFileIsNot) {
  const ScratchFolder folder;

  try {
    read_file(folder / "absent");
    FAIL();
  } catch (const MachineFailure&) {
    FAIL() << "a file that is not there is no failure of the machine";
  } catch (const SystemError&) {
  }
  EXPECT_THROW(fail_reading("read", "file", EIO), MachineFailure);
  EXPECT_THROW(fail_reading("read", "file", EACCES), SystemError);
}

TEST(MachineFailure, IsRecognisedInTheStandardLibrarysErrors) {
  const auto thrower = [](int error_number) {
    return [error_number] {
      throw std::filesystem::filesystem_error(
          "cannot rename", std::error_code(error_number, std::system_category()));
    };
  };

  EXPECT_THROW(run_guarded(thrower(ENOSPC)), MachineFailure);
  EXPECT_THROW(run_guarded(thrower(EDQUOT)), MachineFailure);
  EXPECT_NE(run_guarded(thrower(ENOENT)), "");
  EXPECT_THROW(run_guarded([] { throw MachineFailure("full"); }), MachineFailure);
}

}  // namespace
}  // namespace dovetail
