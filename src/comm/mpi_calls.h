// SPDX-License-Identifier: Apache-2.0
#pragma once

#define OMPI_SKIP_MPICXX 1
#include <mpi.h>

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

// The one place that calls MPI, always on MPI_COMM_WORLD. Each function throws CommError with
// MPI's own text when its call fails. For mpi_communicator.cc only.
namespace dovetail::mpi {

void start();  // MPI_THREAD_FUNNELED; errors come back as codes
void finish();
int world_rank();
int world_size();
std::vector<uint8_t> all_gather(std::span<const uint8_t> mine);  // the same size on every rank

// The bytes must live until the request is done.
MPI_Request begin_send(std::span<const uint8_t> bytes, int destination, int tag);

struct Incoming {
  MPI_Message handle;
  int source = 0;
  int tag = 0;
  size_t size = 0;
};
std::optional<Incoming> match_any();
MPI_Request begin_receive(Incoming& incoming, std::span<uint8_t> bytes);
// Turns the requests that are done into MPI_REQUEST_NULL, in one call for all.
void test_all(std::vector<MPI_Request>& requests);

}  // namespace dovetail::mpi
