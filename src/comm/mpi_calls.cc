// SPDX-License-Identifier: Apache-2.0
#include "comm/mpi_calls.h"

#include <limits>
#include <string>

#include "base/error.h"

namespace dovetail::mpi {

namespace {

void check(int code, const char* call) {
  if (code == MPI_SUCCESS) return;
  char text[MPI_MAX_ERROR_STRING] = "";
  int length = 0;
  MPI_Error_string(code, text, &length);
  throw_<CommError>("{} failed: {}", call, std::string(text, length));
}

int count_of(size_t size) {
  if (size > static_cast<size_t>(std::numeric_limits<int>::max())) {
    throw_<CommError>("a message of {} bytes is too large for MPI, which takes 2 GB at most", size);
  }
  return static_cast<int>(size);
}

}  // namespace

void start() {
  int provided = 0;
  check(MPI_Init_thread(nullptr, nullptr, MPI_THREAD_FUNNELED, &provided), "MPI_Init_thread");
  if (provided < MPI_THREAD_FUNNELED) {
    throw CommError("this MPI cannot be used by a program with threads (MPI_THREAD_FUNNELED)");
  }
  check(MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN), "MPI_Comm_set_errhandler");
}

void finish() { check(MPI_Finalize(), "MPI_Finalize"); }

int world_rank() {
  int rank = 0;
  check(MPI_Comm_rank(MPI_COMM_WORLD, &rank), "MPI_Comm_rank");
  return rank;
}

int world_size() {
  int size = 0;
  check(MPI_Comm_size(MPI_COMM_WORLD, &size), "MPI_Comm_size");
  return size;
}

std::vector<uint8_t> all_gather(std::span<const uint8_t> mine) {
  std::vector<uint8_t> all(mine.size() * world_size());
  const int count = count_of(mine.size());
  check(MPI_Allgather(mine.data(), count, MPI_BYTE, all.data(), count, MPI_BYTE, MPI_COMM_WORLD),
        "MPI_Allgather");
  return all;
}

MPI_Request begin_send(std::span<const uint8_t> bytes, int destination, int tag) {
  MPI_Request request = MPI_REQUEST_NULL;
  check(MPI_Isend(bytes.data(), count_of(bytes.size()), MPI_BYTE, destination, tag, MPI_COMM_WORLD,
                  &request),
        "MPI_Isend");
  return request;
}

std::optional<Incoming> match_any() {
  int found = 0;
  Incoming incoming;
  MPI_Status status;
  check(MPI_Improbe(MPI_ANY_SOURCE, MPI_ANY_TAG, MPI_COMM_WORLD, &found, &incoming.handle, &status),
        "MPI_Improbe");
  if (found == 0) return std::nullopt;
  int size = 0;
  check(MPI_Get_count(&status, MPI_BYTE, &size), "MPI_Get_count");
  incoming.source = status.MPI_SOURCE;
  incoming.tag = status.MPI_TAG;
  incoming.size = static_cast<size_t>(size);
  return incoming;
}

MPI_Request begin_receive(Incoming& incoming, std::span<uint8_t> bytes) {
  MPI_Request request = MPI_REQUEST_NULL;
  check(MPI_Imrecv(bytes.data(), count_of(bytes.size()), MPI_BYTE, &incoming.handle, &request),
        "MPI_Imrecv");
  return request;
}

void test_all(std::vector<MPI_Request>& requests) {
  if (requests.empty()) return;
  std::vector<int> done(requests.size());
  int num_done = 0;
  check(MPI_Testsome(count_of(requests.size()), requests.data(), &num_done, done.data(),
                     MPI_STATUSES_IGNORE),
        "MPI_Testsome");
}

}  // namespace dovetail::mpi
