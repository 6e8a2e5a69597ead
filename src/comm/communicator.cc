// SPDX-License-Identifier: Apache-2.0
#include "comm/communicator.h"

#include <cstdlib>
#include <deque>
#include <string>

#include "base/error.h"
#include "comm/launcher.h"
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

  bool is_dead(int) override { return false; }

 private:
  std::deque<Message> arrived_;
};

const char* environment(const char* name) { return std::getenv(name); }

// Where the processes of one launch are not connected, each would run the whole sweep alone.
void refuse_unconnected() {
  if (!launched_tasks(environment).is_sure) return;
  throw ConfigError(unconnected_text(environment));
}

// A launcher of another MPI, or another version of PMIx, can leave Open MPI with one rank.
std::unique_ptr<Communicator> connected(std::unique_ptr<Communicator> communicator) {
  if (communicator->size() == 1) refuse_unconnected();
  return communicator;
}

}  // namespace

std::unique_ptr<Communicator> make_serial_communicator() {
  return std::make_unique<SerialCommunicator>();
}

std::string unconnected_text() { return unconnected_text(environment); }

std::unique_ptr<Communicator> make_communicator() {
  if (launched_by_mpi(environment)) return connected(make_mpi_communicator());
  refuse_unconnected();
  return make_serial_communicator();
}

Communicators make_communicators(int group_size) {
  DOVETAIL_CHECK(group_size > 0);
  if (launched_by_mpi(environment)) return make_mpi_communicators(group_size);
  refuse_unconnected();
  if (group_size > 1) {
    throw_<ConfigError>(
        "--data-parallel {0}: expected {0} ranks or a multiple, found one process; start them with "
        "jobs/launch -n {0}",
        group_size);
  }
  return {make_serial_communicator(), make_serial_communicator()};
}

}  // namespace dovetail
