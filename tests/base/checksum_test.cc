// SPDX-License-Identifier: Apache-2.0
#include "base/checksum.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>

#include "base/file.h"
#include "base/scratch_folder.h"

namespace dovetail {

namespace {

using testing::HasSubstr;

TEST(Checksum, NoticesACutAndAFlippedByte) {
  const ScratchFolder folder;
  const auto file = folder.write("text", "hundreds of lines");
  write_checksum(file);

  folder.write("text", "hundreds");
  EXPECT_EQ(damage_of_file(file), "has 8 bytes where 17 were written");
  folder.write("text", "hundreds of limes");
  EXPECT_THAT(damage_of_file(file), HasSubstr("another content"));
}

TEST(Checksum, AWholeFileIsReadAgainOnlyIfItChanges) {
  const ScratchFolder folder;
  const auto file = folder.write("text", "lines");
  write_checksum(file);
  EXPECT_EQ(damage_of_file(file), "");
  const auto time = std::filesystem::last_write_time(file);

  folder.write("text", "limes");
  std::filesystem::last_write_time(file, time);
  EXPECT_EQ(damage_of_file(file), "") << "it was read again";
  std::filesystem::last_write_time(file, time + std::chrono::seconds(1));
  EXPECT_THAT(damage_of_file(file), HasSubstr("another content"));
}

TEST(Checksum, AFileWithoutOneIsNotWhole) {
  const ScratchFolder folder;
  const auto file = folder.write("text", "lines");

  EXPECT_EQ(damage_of_file(file), "has no checksum");
  folder.write("text.xxh", "{\"size\": 5");
  EXPECT_EQ(damage_of_file(file), "has a damaged checksum");
}

TEST(Checksum, OfAFolderNamesTheFile) {
  const ScratchFolder folder;
  publish_checked_folder(folder / "made", [](const std::filesystem::path& made) {
    write_file_atomically(made / "a", "one");
    write_file_atomically(made / "b", "two");
  });

  folder.write("made/b", "owt");
  EXPECT_EQ(damage_of_folder(folder / "made", /*sizes_only=*/true), "");
  EXPECT_EQ(damage_of_folder(folder / "made"), "b has another content than was written");
  std::filesystem::remove(folder / "made/a");
  EXPECT_EQ(damage_of_folder(folder / "made", /*sizes_only=*/true), "a is missing");
}

TEST(Checksum, AWholeFolderHasNoDamage) {
  const ScratchFolder folder;
  publish_checked_folder(folder / "made", [](const std::filesystem::path& made) {
    write_file_atomically(made / "a", "one");
  });

  EXPECT_EQ(damage_of_folder(folder / "made"), "");
}

TEST(Checksum, AFolderOfOthersIsNotJudged) {
  const ScratchFolder folder;
  folder.write("config.json", "{}");

  EXPECT_EQ(damage_of_folder(folder / "."), "");
}

}  // namespace
}  // namespace dovetail
