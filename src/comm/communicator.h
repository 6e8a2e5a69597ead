// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace dovetail {

struct Message {
  int source = 0;  // rank of the sender
  int tag = 0;
  std::vector<uint8_t> bytes;
};

// Sends and receives small messages between ranks without ever blocking: callers poll. One thread
// makes all calls of a communicator. Throws CommError.
class Communicator {
 public:
  virtual ~Communicator() = default;
  int rank() const { return rank_; }
  int size() const { return size_; }

  // Takes the bytes and returns at once. Messages between two ranks arrive in order. A message to
  // a dead rank is dropped silently. Tags: 0 to 32767.
  virtual void send(int destination, int tag, std::vector<uint8_t> bytes) = 0;
  // Returns one message that has arrived from any rank, if there is one, and progresses pending
  // sends. On ranks other than 0, throws CommError when nothing is left to read and rank 0 is
  // dead: no message would ever come again.
  virtual std::optional<Message> poll() = 0;
  // Whether the rank's process is known to have ended. Only a process of the same machine shows
  // this at once; for others the answer is false, and missing heartbeats must tell.
  virtual bool is_dead(int rank) = 0;

 protected:
  Communicator(int rank, int size) : rank_(rank), size_(size) {}

 private:
  int rank_;
  int size_;
};

// One process: rank 0 of 1. Messages to itself arrive.
std::unique_ptr<Communicator> make_serial_communicator();

// MPI_COMM_WORLD, initialised on first use and finalised when the communicator is destroyed, which
// does not hang when a peer is dead. Without mpirun or srun: the serial communicator, and MPI is
// never touched. ConfigError if a launcher started several processes that are not connected. At
// most one for each process, because MPI cannot be initialised twice.
std::unique_ptr<Communicator> make_communicator();

// The ranks of the world, cut into data-parallel groups of neighbours. The first rank of a group
// leads it: it has rank 0 in `group`. `leaders` connects the leaders (rank 0 of the world has rank
// 0 there) and is null on all other ranks.
struct Communicators {
  std::unique_ptr<Communicator> leaders, group;
};

// Replaces make_communicator() where `group_size` ranks compute each training step together. Rank 0
// throws ConfigError if the number of ranks is not a multiple of it; the other ranks then get two
// null pointers.
Communicators make_communicators(int group_size);

// What to tell this process if it runs alone and the environment says that it should not
// (comm/launcher.h); "" if nothing is amiss.
std::string unconnected_text();

}  // namespace dovetail
