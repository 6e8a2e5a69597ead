// SPDX-License-Identifier: Apache-2.0
#include "driver/crash_reports.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "base/scratch_folder.h"

namespace dovetail {
namespace {

using testing::HasSubstr;

Record crashed(const CrashReports& reports, const std::string& key, int64_t num_deaths) {
  Record record;
  record.key = key;
  return reports.described(std::move(record), num_deaths);
}

TEST(CrashReports, AProcessThatLeftNoNoteWasKilled) {
  const ScratchFolder folder;
  const std::filesystem::path log = folder.write("rank-2.log", "0\n1\n2\n3\n4\nthe last\n");
  CrashReports reports(folder / "crashes", [&](int) { return log; });

  reports.add("k", {.rank = 2, .peak_bytes = 3'000'000'000});

  EXPECT_FALSE(reports.is_at_fault("k")) << "a kill may be anybody's";
  EXPECT_THAT(crashed(reports, "k", 3).reason,
              HasSubstr("died 3 times while it ran, killed from outside, or its machine was lost "
                        "(peak memory 3.00 GB); its log ends with \"the last\""));
  EXPECT_EQ(crashed(CrashReports(folder / "crashes"), "k", 3).provenance.at("crash"),
            Json({{"causes", {"kill"}},
                  {"log_file", "rank-2.log"},
                  {"log", {"1", "2", "3", "4", "the last"}}}))
      << "the next run knows it too";
}

TEST(CrashReports, ASuspectThatWasNotRunningIsNotBlamed) {
  const ScratchFolder folder;
  CrashReports reports(folder.path());
  EXPECT_TRUE(reports.add("k", {.rank = 1})) << "of the first death nobody knows more";
  EXPECT_FALSE(reports.add("k", {.rank = 1}));
  EXPECT_FALSE(reports.add_from_earlier_run("k", 2));
  folder.write("k.running", "");
  EXPECT_TRUE(reports.add("k", {.rank = 1}));
  EXPECT_EQ(read_crash_notes(folder / "k").size(), 2);
}

TEST(CrashReports, TwoDeathsOfTheJobsOwnDoingMakeItAtFault) {
  const ScratchFolder folder;
  CrashReports reports(folder.path());
  for (const char* cause : {"SIGSEGV", kNoProgress}) {
    EXPECT_FALSE(reports.is_at_fault("k"));
    add_crash_note(folder / "k", {.cause = cause});
    reports.add("k", {.rank = 1});
  }
  EXPECT_TRUE(reports.is_at_fault("k"));
  EXPECT_THAT(crashed(reports, "k", 2).reason,
              HasSubstr("ended by SIGSEGV; ended for making no progress"));

  reports.forgive("k");
  EXPECT_FALSE(reports.is_at_fault("k"));
  add_crash_note(folder / "k", {.cause = "SIGSEGV"});
  reports.add("k", {.rank = 1});
  EXPECT_TRUE(reports.is_at_fault("k"));
}

// The file of an earlier run says how many processes the kernel had killed then; this test cannot
// make it kill one, so it takes one off.
TEST(CrashReports, AJobThatTheKernelKilledForMemoryRunsInSmallerPasses) {
  const OutOfMemoryKills now = out_of_memory_kills();
  if (now.boot.empty()) GTEST_SKIP() << "the system does not say when it was started";
  const ScratchFolder folder;
  std::ofstream(folder / "out-of-memory-kills") << now.boot << " " << now.count - 1 << "\n";
  CrashReports reports(folder.path());
  const Job job{.key = "k", .settings = TuneJob{}};

  reports.add_from_earlier_run("k", 1);
  reports.begin_run(/*alone=*/true);
  reports.add("other", {.rank = 1, .on_this_machine = true});

  EXPECT_EQ(settings_of<TuneJob>(reports.as_to_run(job)).tune.options.accumulate, 2);
  Record record;
  record.key = "k";
  reports.note_smaller_passes(record);
  EXPECT_EQ(record.provenance.at("accumulate_doubled_after"), kKilledForMemory);
  const Job other{.key = "other", .settings = TuneJob{}};
  EXPECT_EQ(settings_of<TuneJob>(reports.as_to_run(other)).tune.options.accumulate, 1)
      << "one kill is laid to one job";
}

TEST(CrashReports, WithoutAFolderNothingIsKnown) {
  CrashReports reports("");
  reports.add("k", {.rank = 1});
  EXPECT_FALSE(reports.is_at_fault("k"));
  EXPECT_THAT(crashed(reports, "k", 3).reason, HasSubstr("as if killed for too much memory"));
}

}  // namespace
}  // namespace dovetail
