// SPDX-License-Identifier: Apache-2.0
#include "slurm/profile.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "base/message_of.h"
#include "base/scratch_folder.h"

namespace dovetail {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class ProfileTest : public testing::Test {
 protected:
  Profile read(const std::string& text) {
    return read_profile(folder_.write("p.toml", text), "default.sbatch");
  }
  std::string refusal(const std::string& text) {
    return message_of<ConfigError>([&] { read(text); });
  }
  ScratchFolder folder_;
};

TEST_F(ProfileTest, HasDefaults) {
  const Profile profile = read("time = \"1:00:00\"\n");

  EXPECT_EQ(profile.ranks(), 1);
  EXPECT_EQ(profile.time_seconds, 3600);
  EXPECT_EQ(profile.at_limit, AtLimit::requeue);
  EXPECT_EQ(profile.launcher, "auto");
  EXPECT_EQ(profile.script, "default.sbatch");
}

TEST_F(ProfileTest, GivesEachGpuARank) {
  EXPECT_EQ(read("time = \"60\"\nnodes = 2\ngpus_per_node = 4\n").ranks(), 8);
  EXPECT_THAT(refusal("time = \"60\"\ngpus_per_node = 4\nranks_per_node = 8\n"),
              AllOf(HasSubstr("p.toml:2:"), HasSubstr("each rank takes one GPU")));
}

TEST_F(ProfileTest, NamesWhatIsWrongAndWhere) {
  EXPECT_THAT(refusal("time = \"60\"\npartitoin = \"a\"\n"),
              AllOf(HasSubstr("p.toml:2:1"), HasSubstr("did you mean \"partition\"")));
  EXPECT_THAT(refusal("nodes = 2\n"), HasSubstr("the key \"time\", which is missing"));
  EXPECT_THAT(refusal("time = \"4h\"\n"), HasSubstr("found \"4h\""));
  EXPECT_THAT(refusal("time = \"60\"\nnodes = 1.5\n"), HasSubstr("whole number from 1 on"));
  EXPECT_THAT(refusal("time = \"60\"\nat_limit = \"requeu\"\n"),
              HasSubstr("did you mean \"requeue\""));
  EXPECT_THAT(refusal("time = \"60\"\nlinks = 3\n"), HasSubstr("links belongs to a chain"));
  EXPECT_THAT(refusal("time = \"60\"\naccount = \"a\\nb\"\n"), HasSubstr("one line"));
  EXPECT_THAT(refusal("time = \"60\"\nsbatch = [\"exclusive\"]\n"), HasSubstr("--exclusive"));
  EXPECT_THAT(refusal("time = \"60\"\nscript = \"mine.sbatch\"\n"), HasSubstr("is no file"));
}

}  // namespace
}  // namespace dovetail
