// SPDX-License-Identifier: Apache-2.0
#include "base/near_path.h"

#include <gtest/gtest.h>

#include <vector>

#include "base/file.h"
#include "base/scratch_folder.h"

namespace dovetail {
namespace {

TEST(NearPathHint, NamesTheFileOfASimilarName) {
  const ScratchFolder folder;
  write_file_atomically(folder.path() / "messages.toml", "");

  EXPECT_EQ(near_path_hint(folder.path() / "mesages.toml"),
            "; did you mean \"" + (folder.path() / "messages.toml").string() + "\"?");
}

TEST(NearPathHint, NamesTheFolderThatIsMisspelt) {
  const ScratchFolder folder;
  std::filesystem::create_directory(folder.path() / "sweeps");
  write_file_atomically(folder.path() / "sweeps" / "mine.toml", "");

  EXPECT_EQ(near_path_hint(folder.path() / "sweps" / "mine.toml"),
            "; did you mean \"" + (folder.path() / "sweeps" / "mine.toml").string() + "\"?");
}

TEST(NearPathHint, LooksInEachFolder) {
  const ScratchFolder folder;
  std::filesystem::create_directory(folder.path() / "empty");
  write_file_atomically(folder.path() / "messages.toml", "");
  const std::vector<std::filesystem::path> folders{folder.path() / "empty", folder.path()};

  EXPECT_EQ(near_path_hint("mesages.toml", folders),
            "; did you mean \"" + (folder.path() / "messages.toml").string() + "\"?");
}

TEST(NearPathHint, IsEmptyWhereNothingIsNear) {
  const ScratchFolder folder;
  write_file_atomically(folder.path() / "messages.toml", "");

  EXPECT_EQ(near_path_hint(folder.path() / "wordnet.txt"), "");
  EXPECT_EQ(near_path_hint(folder.path() / "messages.toml"), "");
  EXPECT_EQ(near_path_hint(""), "");
}

}  // namespace
}  // namespace dovetail
