// SPDX-License-Identifier: Apache-2.0
#include "slurm/queue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"

namespace dovetail {
namespace {

// As Slurm 22.05 prints them.
constexpr const char* kQueue =
    "6_1|RUNNING|None|0:12|1:00:00|n1|dovetail-0123\n"
    "6_2|PENDING|Resources|0:00|1:00:00||dovetail-0123\n"
    "4|COMPLETING|NonZeroExitCode|0:02|365-00:00:00|n[2-3]|(null)\n";

constexpr const char* kPartitions =
    "PartitionName=main AllowGroups=ALL Default=YES MaxTime=UNLIMITED Nodes=n[1-2] State=UP "
    "TotalCPUs=8 TotalNodes=2 DefMemPerNode=UNLIMITED\n"
    "PartitionName=short AllowGroups=ALL Default=NO MaxTime=01:00:00 Nodes=n3 State=DOWN "
    "TotalCPUs=4 TotalNodes=1\n\n";

TEST(Queue, ReadsWhatSqueuePrints) {
  const std::vector<QueuedJob> jobs = parse_queue(kQueue);

  ASSERT_EQ(jobs.size(), 3u);
  EXPECT_EQ(jobs[0].id, "6_1");
  EXPECT_EQ(jobs[0].reason, "");
  EXPECT_EQ(jobs[0].tag, "dovetail-0123");
  EXPECT_EQ(jobs[1].reason, "Resources");
  EXPECT_TRUE(jobs[0].is_alive() && jobs[1].is_alive());
  EXPECT_FALSE(jobs[2].is_alive());
  EXPECT_TRUE(parse_queue("").empty());
  EXPECT_THROW(parse_queue("slurm_load_jobs error\n"), SystemError);
}

TEST(Queue, ReadsWhatScontrolPrints) {
  const std::vector<Partition> partitions = parse_partitions(kPartitions);

  ASSERT_EQ(partitions.size(), 2u);
  EXPECT_EQ(partitions[0].name, "main");
  EXPECT_EQ(partitions[0].limit_seconds, std::nullopt);
  EXPECT_TRUE(partitions[0].is_up);
  EXPECT_EQ(partitions[1].limit_seconds, 3600);
  EXPECT_EQ(partitions[1].num_nodes, 1);
  EXPECT_FALSE(partitions[1].is_up);
}

// With -D a job that was lost with its node has a line for each of its lives.
TEST(Queue, TakesTheLastLineThatSacctPrints) {
  const char* sacct = "12|NODE_FAIL\n12|COMPLETED\n13|CANCELLED by 0\n";

  EXPECT_EQ(accounted_state(sacct, "12"), "COMPLETED");
  EXPECT_EQ(accounted_state(sacct, "13"), "CANCELLED by 0");
  EXPECT_EQ(accounted_state(sacct, "1"), "");
}

}  // namespace
}  // namespace dovetail
