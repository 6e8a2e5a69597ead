// SPDX-License-Identifier: Apache-2.0
#include "comm/mpi_calls.h"

#include <limits>
#include <mutex>
#include <string>

#include "base/error.h"

namespace dovetail::mpi {

namespace {

std::mutex one_at_a_time;

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
  check(MPI_Init_thread(nullptr, nullptr, MPI_THREAD_SERIALIZED, &provided), "MPI_Init_thread");
  if (provided < MPI_THREAD_SERIALIZED) {
    throw CommError("this MPI cannot be used by a program with threads (MPI_THREAD_SERIALIZED)");
  }
  check(MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN), "MPI_Comm_set_errhandler");
}

// Takes no lock: it may wait for a dead rank, and by then no other thread calls MPI.
void finish() { check(MPI_Finalize(), "MPI_Finalize"); }

int rank_in(MPI_Comm group) {
  const std::lock_guard turn(one_at_a_time);
  int rank = 0;
  check(MPI_Comm_rank(group, &rank), "MPI_Comm_rank");
  return rank;
}

int size_of(MPI_Comm group) {
  const std::lock_guard turn(one_at_a_time);
  int size = 0;
  check(MPI_Comm_size(group, &size), "MPI_Comm_size");
  return size;
}

MPI_Comm split_world(int colour) {
  const std::lock_guard turn(one_at_a_time);
  MPI_Comm group = MPI_COMM_NULL;
  check(MPI_Comm_split(MPI_COMM_WORLD, colour, 0, &group), "MPI_Comm_split");
  check(MPI_Comm_set_errhandler(group, MPI_ERRORS_RETURN), "MPI_Comm_set_errhandler");
  return group;
}

std::vector<uint8_t> all_gather(std::span<const uint8_t> mine, MPI_Comm group) {
  std::vector<uint8_t> all(mine.size() * size_of(group));
  const std::lock_guard turn(one_at_a_time);
  const int count = count_of(mine.size());
  check(MPI_Allgather(mine.data(), count, MPI_BYTE, all.data(), count, MPI_BYTE, group),
        "MPI_Allgather");
  return all;
}

MPI_Request begin_send(std::span<const uint8_t> bytes, int destination, int tag, MPI_Comm group) {
  const std::lock_guard turn(one_at_a_time);
  MPI_Request request = MPI_REQUEST_NULL;
  check(
      MPI_Isend(bytes.data(), count_of(bytes.size()), MPI_BYTE, destination, tag, group, &request),
      "MPI_Isend");
  return request;
}

std::optional<Incoming> match_any(MPI_Comm group) {
  const std::lock_guard turn(one_at_a_time);
  int found = 0;
  Incoming incoming;
  MPI_Status status;
  check(MPI_Improbe(MPI_ANY_SOURCE, MPI_ANY_TAG, group, &found, &incoming.handle, &status),
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
  const std::lock_guard turn(one_at_a_time);
  MPI_Request request = MPI_REQUEST_NULL;
  check(MPI_Imrecv(bytes.data(), count_of(bytes.size()), MPI_BYTE, &incoming.handle, &request),
        "MPI_Imrecv");
  return request;
}

void test_all(std::vector<MPI_Request>& requests) {
  if (requests.empty()) return;
  const std::lock_guard turn(one_at_a_time);
  std::vector<int> done(requests.size());
  int num_done = 0;
  check(MPI_Testsome(count_of(requests.size()), requests.data(), &num_done, done.data(),
                     MPI_STATUSES_IGNORE),
        "MPI_Testsome");
}

}  // namespace dovetail::mpi
