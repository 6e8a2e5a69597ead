// SPDX-License-Identifier: Apache-2.0
#include "comm/communicator.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <stdexcept>

#include "base/error.h"

namespace dovetail {

TEST(SerialCommunicator, IsRankZeroOfOne) {
  const auto communicator = make_serial_communicator();

  EXPECT_EQ(communicator->rank(), 0);
  EXPECT_EQ(communicator->size(), 1);
  EXPECT_FALSE(communicator->is_dead(0));
  EXPECT_FALSE(communicator->poll());
}

TEST(SerialCommunicator, GivesBackWhatItSendsInOrder) {
  const auto communicator = make_serial_communicator();

  communicator->send(0, 7, {1, 2});
  communicator->send(0, 8, {});

  const auto first = communicator->poll();
  const auto second = communicator->poll();
  ASSERT_TRUE(first && second);
  EXPECT_EQ(first->tag, 7);
  EXPECT_EQ(first->bytes, (std::vector<uint8_t>{1, 2}));
  EXPECT_EQ(second->tag, 8);
  EXPECT_TRUE(second->bytes.empty());
  EXPECT_FALSE(communicator->poll());
}

TEST(SerialCommunicator, KnowsNoOtherRank) {
  EXPECT_THROW(make_serial_communicator()->send(1, 0, {}), std::logic_error);
}

TEST(Communicator, IsSerialWithoutMpirun) {
  for (const char* name :
       {"OMPI_COMM_WORLD_SIZE", "PMIX_RANK", "PMI_SIZE", "SLURM_STEP_NUM_TASKS", "SLURM_NTASKS"}) {
    ::unsetenv(name);
  }

  EXPECT_EQ(make_communicator()->size(), 1);
}

TEST(Communicator, RefusesTasksThatSrunDidNotConnect) {
  ::setenv("SLURM_STEP_NUM_TASKS", "4", 1);

  EXPECT_THROW(make_communicator(), ConfigError);
  ::setenv("SLURM_STEP_NUM_TASKS", "1", 1);
  EXPECT_NO_THROW(make_communicator());
  ::unsetenv("SLURM_STEP_NUM_TASKS");
}

}  // namespace dovetail
