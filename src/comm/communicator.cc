// SPDX-License-Identifier: Apache-2.0
#include "comm/communicator.h"

#include <cstdlib>
#include <deque>
#include <string>

#include "base/error.h"
#include "comm/mpi_communicator.h"

namespace dovetail {

namespace {

class SerialCommunicator final : public Communicator {
 public:
  SerialCommunicator() : Communicator(0, 1) {}

  void send(int destination, int tag, std::vector<uint8_t> bytes) override {
    DOVETAIL_CHECK_EQ(destination, 0);
    arrived_.push_back({0, tag, std::move(bytes)});
  }

  std::optional<Message> poll() override {
    if (arrived_.empty()) return std::nullopt;
    Message message = std::move(arrived_.front());
    arrived_.pop_front();
    return message;
  }

  bool gone(int) override { return false; }

 private:
  std::deque<Message> arrived_;
};

// srun without PMIx starts processes that know nothing of each other: each would think that it is
// the only one.
void refuse_unconnected_tasks() {
  const char* tasks = std::getenv("SLURM_STEP_NUM_TASKS");
  if (tasks == nullptr || std::atoi(tasks) <= 1) return;
  throw_<CommError>(
      "srun started {} tasks that are not connected by MPI; start them with srun --mpi=pmix, or "
      "with jobs/launch -n {}",
      tasks, tasks);
}

}  // namespace

std::unique_ptr<Communicator> make_serial_communicator() {
  return std::make_unique<SerialCommunicator>();
}

bool launched_by_mpi() {
  return std::getenv("OMPI_COMM_WORLD_SIZE") != nullptr || std::getenv("PMIX_RANK") != nullptr;
}

std::unique_ptr<Communicator> make_communicator() {
  if (launched_by_mpi()) return make_mpi_communicator();
  refuse_unconnected_tasks();
  return make_serial_communicator();
}

Communicators make_communicators(int team_size) {
  DOVETAIL_CHECK(team_size > 0);
  if (launched_by_mpi()) return make_mpi_communicators(team_size);
  refuse_unconnected_tasks();
  if (team_size > 1) {
    throw_<ConfigError>(
        "--team {}: this is one process; start {} or a multiple with jobs/launch -n {}", team_size,
        team_size, team_size);
  }
  return {make_serial_communicator(), make_serial_communicator()};
}

}  // namespace dovetail
