// SPDX-License-Identifier: Apache-2.0
#include "base/data_folder.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <optional>
#include <string>

#include "base/error.h"
#include "base/scratch_folder.h"

namespace dovetail {
namespace {

namespace fs = std::filesystem;

// DOVETAIL_DATA while a test runs; the value before comes back at its end.
class DataVariable {
 public:
  explicit DataVariable(const char* value) {
    if (const char* before = std::getenv("DOVETAIL_DATA")) before_ = before;
    value ? ::setenv("DOVETAIL_DATA", value, 1) : ::unsetenv("DOVETAIL_DATA");
  }
  ~DataVariable() {
    before_ ? ::setenv("DOVETAIL_DATA", before_->c_str(), 1) : ::unsetenv("DOVETAIL_DATA");
  }

 private:
  std::optional<std::string> before_;
};

TEST(DataFolder, OfAnInstalledProgramIsInItsPrefix) {
  const ScratchFolder scratch;
  const DataVariable unset(nullptr);
  const fs::path installed = scratch / "share/dovetail/data";
  fs::create_directories(installed);

  EXPECT_EQ(data_folder_of(scratch / "bin/dovetail"), installed);
  EXPECT_NE(data_folder_of(scratch / "build/dovetail"), installed) << "not in PREFIX/bin";
}

TEST(DataFolder, OfABuiltProgramIsTheSourceTrees) {
  const ScratchFolder scratch;
  const DataVariable unset(nullptr);

  EXPECT_EQ(data_folder_of(scratch / "bin/dovetail"), fs::path(DOVETAIL_SOURCE_DIR) / "data");
  EXPECT_EQ(data_folder(), fs::path(DOVETAIL_SOURCE_DIR) / "data");
}

TEST(DataFolder, FollowsTheVariable) {
  const ScratchFolder scratch;
  {
    const DataVariable named(scratch.path().c_str());
    EXPECT_EQ(data_folder(), scratch.path());
  }
  const DataVariable wrong((scratch / "missing").c_str());
  EXPECT_THROW(data_folder(), ConfigError);
}

}  // namespace
}  // namespace dovetail
