// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace dovetail {

struct Message {
  int source = 0;
  int tag = 0;
  std::vector<uint8_t> bytes;
};

// Small messages between ranks, never blocking: the driver polls. All calls of one communicator
// come from one thread. Throws CommError.
class Communicator {
 public:
  virtual ~Communicator() = default;
  virtual int rank() const = 0;
  virtual int size() const = 0;
  // Takes the bytes and returns at once; delivery in order for each pair of ranks.
  virtual void send(int destination, int tag, std::vector<uint8_t> bytes) = 0;
  // One message that has arrived, from anybody, if there is one. Progresses pending sends.
  virtual std::optional<Message> poll() = 0;
};

// One process: rank 0 of 1; what it sends itself arrives.
std::unique_ptr<Communicator> make_serial_communicator();

// MPI_COMM_WORLD, initialised on first use with MPI_THREAD_FUNNELED and finalised when the
// communicator is destroyed. Without mpirun: the serial one, and MPI is never touched.
std::unique_ptr<Communicator> make_communicator();
bool launched_by_mpi();   // looks at the environment of mpirun and srun

}  // namespace dovetail
