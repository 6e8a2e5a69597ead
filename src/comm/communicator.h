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
  int rank() const { return rank_; }
  int size() const { return size_; }

  // Takes the bytes and returns at once; delivery in order for each pair of ranks. What is sent to
  // a rank that is gone is lost without a word. Tags: 0 to 32767.
  virtual void send(int destination, int tag, std::vector<uint8_t> bytes) = 0;
  // One message that has arrived, from anybody, if there is one. Progresses pending sends. On
  // ranks other than 0, throws CommError when nothing is left to read and rank 0 is gone: nobody
  // would ever write again.
  virtual std::optional<Message> poll() = 0;
  // Whether the rank's process has ended, as far as this can be known at once: only on the same
  // machine. Elsewhere false, and silence must tell.
  virtual bool gone(int rank) = 0;

 protected:
  Communicator(int rank, int size) : rank_(rank), size_(size) {}

 private:
  int rank_;
  int size_;
};

// One process: rank 0 of 1; what it sends itself arrives.
std::unique_ptr<Communicator> make_serial_communicator();

// MPI_COMM_WORLD, initialised on first use and finalised when the communicator is destroyed, which
// does not hang when a peer is gone. Without mpirun: the serial one, and MPI is never touched.
// One a process: MPI cannot be started again.
std::unique_ptr<Communicator> make_communicator();

// Ranks cut into teams of neighbours. `leaders` joins the first of each team (rank 0 of the world
// is rank 0 there) and is null on all others; `team` joins a team, whose rank 0 is its leader.
struct Communicators {
  std::unique_ptr<Communicator> leaders, team;
};

// Instead of make_communicator(). Rank 0 throws ConfigError where the ranks cannot be cut so; the
// other ranks then get neither.
Communicators make_communicators(int team_size);
bool launched_by_mpi();  // looks at the environment of mpirun and srun

}  // namespace dovetail
