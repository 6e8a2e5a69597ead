// SPDX-License-Identifier: Apache-2.0
#include "comm/launcher.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

namespace dovetail {

namespace {

using testing::AllOf;
using testing::HasSubstr;

Environment environment_of(std::map<std::string, std::string> variables) {
  return [variables = std::move(variables)](const char* name) {
    const auto found = variables.find(name);
    return found == variables.end() ? nullptr : found->second.c_str();
  };
}

TEST(Launcher, NothingSaysMoreThanOne) {
  EXPECT_EQ(unconnected_text(environment_of({})), "");
  EXPECT_EQ(unconnected_text(environment_of({{"SLURM_NTASKS", "1"}})), "");
}

TEST(Launcher, SrunWithoutPmixIsSure) {
  const Environment srun = environment_of({{"SLURM_STEP_NUM_TASKS", "4"}, {"SLURM_NTASKS", "4"}});

  EXPECT_TRUE(launched_tasks(srun).is_sure);
  EXPECT_THAT(unconnected_text(srun),
              AllOf(HasSubstr("srun started 4 processes (SLURM_STEP_NUM_TASKS=4)"),
                    HasSubstr("srun --mpi=pmix"), HasSubstr("jobs/launch -n 4")));
}

TEST(Launcher, AnotherMpisLauncherIsSure) {
  const Environment mpich = environment_of({{"PMI_SIZE", "3"}, {"PMI_RANK", "1"}});

  EXPECT_TRUE(launched_tasks(mpich).is_sure);
  EXPECT_FALSE(launched_by_mpi(mpich));
  EXPECT_THAT(unconnected_text(mpich),
              AllOf(HasSubstr("PMI_SIZE=3"), HasSubstr("jobs/launch -n 3")));
}

TEST(Launcher, PmiIsEnoughWhereTheJobScriptSaysSo) {
  EXPECT_TRUE(launched_by_mpi(
      environment_of({{"PMI_RANK", "0"}, {"PMI_SIZE", "2"}, {"DOVETAIL_LAUNCHER", "srun-pmi2"}})));
  EXPECT_FALSE(launched_by_mpi(environment_of({{"DOVETAIL_LAUNCHER", "srun-pmi2"}})));
}

// One process in a batch script of three tasks may be meant.
TEST(Launcher, AnAllocationIsNotSure) {
  const Environment batch = environment_of({{"SLURM_NTASKS", "3"}, {"SLURM_PROCID", "0"}});

  EXPECT_FALSE(launched_tasks(batch).is_sure);
  EXPECT_THAT(unconnected_text(batch), HasSubstr("SLURM_NTASKS=3"));
}

// On several nodes mpirun starts a daemon on each by srun; those are the step's tasks.
TEST(Launcher, MpirunCountsItsOwnProcesses) {
  const Environment one =
      environment_of({{"OMPI_COMM_WORLD_SIZE", "1"}, {"SLURM_STEP_NUM_TASKS", "3"}});

  EXPECT_EQ(launched_tasks(one).count, 1);
  EXPECT_TRUE(launched_by_mpi(one));
}

}  // namespace
}  // namespace dovetail
