// SPDX-License-Identifier: Apache-2.0
#include "slurm/submission.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "base/scratch_folder.h"
#include "slurm/run_program.h"
#include "slurm/stop_lead.h"

namespace dovetail {
namespace {

namespace fs = std::filesystem;

TEST(Submission, IsReadAsWritten) {
  const ScratchFolder out;
  EXPECT_TRUE(read_submission(out.path()).parts.empty());
  fs::create_directories(out / "slurm");

  write_submission(out.path(), {.parts = {{"7", "sweep, link 1 of 2"}, {"8", "sweep, link 2 of 2"}},
                                .profile = "p.toml",
                                .launcher = "mpirun"});

  const Submission submission = read_submission(out.path());
  ASSERT_EQ(submission.parts.size(), 2u);
  EXPECT_EQ(submission.parts[1].id, "8");
  EXPECT_EQ(submission.parts[1].role, "sweep, link 2 of 2");
}

TEST(Submission, IsKnownByItsFolder) {
  EXPECT_EQ(submission_tag("results/a"), submission_tag(fs::absolute("results/b/../a")));
  EXPECT_NE(submission_tag("results/a"), submission_tag("results/b"));
}

TEST(Submission, CountsTheLivesOfJobs) {
  const ScratchFolder out;
  fs::create_directories(out / "slurm");
  out.write(
      "slurm/lives.tsv",
      "7\t0\tstart\t100\n7\t0\t75\t160\n7\t1\tstart\t200\n8_1\t0\tstart\t9\n8_1\t0\t0\t9\n7\t");

  const auto lives = read_lives(out.path());

  EXPECT_EQ(lives.at("7").starts, 2);
  EXPECT_EQ(lives.at("7").last_end, "");
  EXPECT_EQ(lives.at("8_1").last_end, "0");
}

// Else the links of a new chain would take the code of an old one for that of their own.
TEST(Submission, ForgetsTheJobsBefore) {
  const ScratchFolder out;
  fs::create_directories(out / "slurm");
  for (const char* name : {"exit-code", "exit-code-3", "idle-lives", "stop", "lives.tsv"})
    out.write(std::string("slurm/") + name, "1");

  forget_earlier_jobs(out.path());

  EXPECT_TRUE(fs::exists(out / "slurm" / "lives.tsv"));
  EXPECT_EQ(std::distance(fs::directory_iterator(out / "slurm"), {}), 1);
}

TEST(RunProgram, GivesBothOutputsAndTheExitCode) {
  const ProgramResult result = run_program({"sh", "-c", "echo out; echo err >&2; exit 3"});

  EXPECT_EQ(result.exit_code, 3);
  EXPECT_EQ(result.output, "out\n");
  EXPECT_EQ(result.errors, "err\n");
  EXPECT_EQ(run_program({"no-such-program-here"}).exit_code, 127);
}

Plan plan_of_steps(double seconds_a_step) {
  PretrainJob pretrain;
  pretrain.pretrain.steps = 100;
  Plan plan;
  plan.jobs.push_back({.kind = JobKind::pretrain,
                       .name = "pretrain",
                       .settings = pretrain,
                       .cost_seconds = 100 * seconds_a_step});
  return plan;
}

// By hand: 30 s and four steps, at least a minute.
TEST(StopLead, IsLongEnoughForTheLongestStep) {
  EXPECT_EQ(estimated_stop_seconds(plan_of_steps(0.5), 1), 60);
  EXPECT_EQ(estimated_stop_seconds(plan_of_steps(60), 1), 270);
  EXPECT_EQ(estimated_stop_seconds(plan_of_steps(60), 2), 150);
}

// 10,000 s on one rank. A job of an hour works 3600 - 90 - 60 s: three of them, and one to spare.
TEST(StopLead, CountsTheLinksOfAChain) {
  EXPECT_EQ(estimated_links(plan_of_steps(100), 1, 3600, 90), 4);
  EXPECT_EQ(estimated_links(plan_of_steps(1), 1, 3600, 90), 2);
}

}  // namespace
}  // namespace dovetail
