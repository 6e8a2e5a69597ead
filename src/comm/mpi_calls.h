// SPDX-License-Identifier: Apache-2.0
#pragma once

#define OMPI_SKIP_MPICXX 1
#include <mpi.h>

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

// The one place that calls MPI. Each function throws CommError with MPI's own text when its call
// fails. Two threads may call at once, a rank's messages and its team's: they take turns, and none
// waits inside but at the start and the end. For mpi_communicator.cc only.
namespace dovetail::mpi {

void start();  // MPI_THREAD_SERIALIZED; errors come back as codes
void finish();
int rank_in(MPI_Comm group);
int size_of(MPI_Comm group);
// The ranks of the same colour, in the order of the world. By all ranks together.
MPI_Comm split_world(int colour);
// The same size on every rank.
std::vector<uint8_t> all_gather(std::span<const uint8_t> mine, MPI_Comm group);

// The bytes must live until the request is done.
MPI_Request begin_send(std::span<const uint8_t> bytes, int destination, int tag, MPI_Comm group);

struct Incoming {
  MPI_Message handle;
  int source = 0;
  int tag = 0;
  size_t size = 0;
};
std::optional<Incoming> match_any(MPI_Comm group);
MPI_Request begin_receive(Incoming& incoming, std::span<uint8_t> bytes);
// Turns the requests that are done into MPI_REQUEST_NULL, in one call for all.
void test_all(std::vector<MPI_Request>& requests);

}  // namespace dovetail::mpi
