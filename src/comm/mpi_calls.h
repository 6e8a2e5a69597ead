// SPDX-License-Identifier: Apache-2.0
#pragma once

#define OMPI_SKIP_MPICXX 1
#include <mpi.h>

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

// Wraps each MPI call in use; nothing else calls MPI. Each function throws CommError with MPI's own
// text when its call fails. Two threads may call at once (the driver's messages and the gradients
// of a data-parallel group): they take turns. Only start() and finish() wait inside. For
// mpi_communicator.cc only.
namespace dovetail::mpi {

void start();  // MPI_THREAD_SERIALIZED; errors come back as codes
void finish();
int rank_in(MPI_Comm group);
int size_of(MPI_Comm group);
// MPI_Comm_split: the ranks of one colour, in the order of the world. Collective.
MPI_Comm split_world(int colour);
// The bytes of all ranks, by rank; each gives equally many. Collective.
std::vector<uint8_t> all_gather(std::span<const uint8_t> mine, MPI_Comm group);

// The bytes must live until the request completes.
MPI_Request begin_send(std::span<const uint8_t> bytes, int destination, int tag, MPI_Comm group);

struct Incoming {
  MPI_Message handle;
  int source = 0;
  int tag = 0;
  size_t size = 0;
};
// The next message from any rank, matched but not yet received.
std::optional<Incoming> match_any(MPI_Comm group);
MPI_Request begin_receive(Incoming& incoming, std::span<uint8_t> bytes);
// Sets completed requests to MPI_REQUEST_NULL, with one call for all.
void test_all(std::vector<MPI_Request>& requests);

}  // namespace dovetail::mpi
