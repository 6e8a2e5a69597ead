// SPDX-License-Identifier: Apache-2.0
#include "jobs/local_copies.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/scratch_folder.h"

namespace dovetail {
namespace {

namespace fs = std::filesystem;
using testing::StartsWith;

TEST(LocalCopies, CopyOnceAndAgainAfterAChange) {
  const ScratchFolder shared, disk;
  fs::create_directories(shared / "checkpoint");
  shared.write("checkpoint/model.bin", "weights");
  const LocalCopies copies(disk.path());

  const fs::path copy = copies.of(shared / "checkpoint");
  EXPECT_THAT(copy.string(), StartsWith(disk.path().string()));
  EXPECT_EQ(read_file(copy / "model.bin"), "weights");
  EXPECT_EQ(LocalCopies(disk.path()).of(shared / "checkpoint"), copy) << "of another rank";

  shared.write("checkpoint/model.bin", "other weights");
  EXPECT_EQ(read_file(copies.of(shared / "checkpoint") / "model.bin"), "other weights");
}

TEST(LocalCopies, CopyFiles) {
  const ScratchFolder shared, disk;
  const fs::path file = shared.write("corpus.tokens", "1 2 3");

  EXPECT_EQ(read_file(LocalCopies(disk.path()).of(file)), "1 2 3");
  EXPECT_EQ(disk.num_entries(), 1);
}

// A file stands where the copies' folder would be: no room, as far as the ranks can tell.
TEST(LocalCopies, AreNotNeeded) {
  const ScratchFolder shared;
  const fs::path file = shared.write("corpus.tokens", "1 2 3");
  EXPECT_EQ(LocalCopies("").of(file), file);

  const ScratchFolder disk;
  EXPECT_EQ(LocalCopies(disk.write("copies", "")).of(file), file);
}

}  // namespace
}  // namespace dovetail
