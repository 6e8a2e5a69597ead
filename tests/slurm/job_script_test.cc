// SPDX-License-Identifier: Apache-2.0
#include "slurm/job_script.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "base/file.h"
#include "base/message_of.h"
#include "base/scratch_folder.h"
#include "golden/golden.h"

namespace dovetail {
namespace {

using testing::HasSubstr;

const std::filesystem::path kJobs = std::filesystem::path(DOVETAIL_SOURCE_DIR) / "jobs";

JobScript script_of_example() {
  return {.name = "mine",
          .tag = "dovetail-0123456789ab",
          .out = "/scratch/me/mine",
          .store = "/scratch/me/store",
          .sweep = "/home/me/it's mine.toml",
          .folder = "/home/me",
          .program = "/lab/dovetail/bin/dovetail",
          .launch = "/lab/dovetail/share/dovetail/jobs/launch",
          .launcher = "srun-pmix",
          .command = "dovetail submit mine.toml --profile cpu",
          .stop_seconds = 90};
}

// What a profile makes of the template: all but the template's own lines.
std::string filled_in(const std::string& profile) {
  const Profile read =
      read_profile(kJobs / "profiles" / (profile + ".toml"), kJobs / "slurm" / "sweep.sbatch");
  const std::string text = job_script_text(read, script_of_example());
  const size_t begin = text.find("#SBATCH"), end = text.find("set -uo pipefail");
  return text.substr(begin, end - begin);
}

TEST(JobScriptGolden, OfEveryProfile) {
  for (const auto& entry : std::filesystem::directory_iterator(kJobs / "profiles")) {
    const std::string profile = entry.path().stem();
    expect_golden("slurm/" + profile + ".txt", filled_in(profile));
  }
}

TEST(JobScript, NamesWhatATemplateLacks) {
  const ScratchFolder folder;
  Profile profile{.file = "p.toml", .time = "60"};
  const auto refusal = [&](const std::string& text) {
    profile.script = folder.write("t.sbatch", text);
    return message_of<ConfigError>([&] { job_script_text(profile, script_of_example()); });
  };

  EXPECT_THAT(refusal("# @SBATCH@\n# @SETTINGS@\n"), HasSubstr("# @SETUP@"));
  EXPECT_THAT(refusal("#!/bin/bash\n# @SBACTH@\n"), HasSubstr("t.sbatch:2: "));
}

}  // namespace
}  // namespace dovetail
