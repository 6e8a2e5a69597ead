// SPDX-License-Identifier: Apache-2.0
#include "slurm/launcher_choice.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dovetail {
namespace {

using testing::HasSubstr;

constexpr const char* kSlurm22 =
    "MPI plugin types are...\n\tpmix\n\tnone\n\tcray_shasta\n\tpmi2\n"
    "specific pmix plugin versions available: pmix_v4\n";
constexpr const char* kSlurm20 = "srun: MPI types are...\nsrun: none\nsrun: pmi2\n";

std::string open_mpi(const std::string& version, const std::string& components) {
  return "ompi:version:full:" + version + "\n" + components;
}
constexpr const char* kPmix =
    "mca:pmix:isolated:version:\"mca:2.1.0\"\n"
    "mca:pmix:ext3x:version:\"mca:2.1.0\"\n";
constexpr const char* kPmi2 =
    "mca:pmix:isolated:version:\"mca:2.1.0\"\n"
    "mca:pmix:s2:version:\"mca:2.1.0\"\n";

TEST(LauncherChoice, TakesPmixWhereBothHaveIt) {
  const LauncherChoice choice = choose_launcher(kSlurm22, open_mpi("4.1.4", kPmix));

  EXPECT_EQ(choice.launcher, "srun-pmix");
  EXPECT_THAT(choice.why, HasSubstr("Open MPI 4.1.4"));
  EXPECT_EQ(choose_launcher(kSlurm22, open_mpi("5.0.3", "")).launcher, "srun-pmix");
}

TEST(LauncherChoice, TakesPmi2WhereOpenMpiHasNoPmix) {
  EXPECT_EQ(choose_launcher(kSlurm22, open_mpi("4.0.5", kPmi2)).launcher, "srun-pmi2");
  EXPECT_EQ(choose_launcher(kSlurm20, open_mpi("4.0.5", kPmi2)).launcher, "srun-pmi2");
}

TEST(LauncherChoice, TakesMpirunWhereTheyHaveNothingInCommon) {
  const LauncherChoice choice = choose_launcher(kSlurm20, open_mpi("4.1.4", kPmix));

  EXPECT_EQ(choice.launcher, "mpirun");
  EXPECT_THAT(choice.why, HasSubstr("built without"));
  EXPECT_EQ(choose_launcher(kSlurm20, open_mpi("5.0.3", "")).launcher, "mpirun");
  EXPECT_EQ(choose_launcher("srun: none\n", open_mpi("4.1.4", kPmix)).launcher, "mpirun");
  EXPECT_THAT(choose_launcher(kSlurm22, "").why, HasSubstr("no ompi_info"));
}

}  // namespace
}  // namespace dovetail
