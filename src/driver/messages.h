// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "comm/communicator.h"
#include "plan/job.h"
#include "plan/record.h"

// The messages between rank 0 (the coordinator) and the workers. Bodies are CBOR.
namespace dovetail {

enum MessageTag : int {
  // worker to rank 0
  kHello = 101,      // ready for a job
  kRecords = 102,    // a Delivery: records of jobs that were assigned
  kHandBack = 103,   // stopped; assigned jobs without a record are unharmed. Body: the machine's
                     // failure that stopped them, as text; empty after a signal
  kLeave = 104,      // leaves the run; jobs that it had are unharmed
  kHeartbeat = 105,  // both ways; body of a worker's: its peak resident set, in bytes
  // rank 0 to worker
  kWelcome = 201,      // body: after how many seconds of silence a rank counts as dead
  kJobs = 202,         // an Assignment to run
  kStop = 203,         // hand back the running jobs
  kStored = 204,       // records are on disk; body: how many
  kShutdown = 205,     // no job is left: leave
  kShutdownAck = 206,  // rank 0 no longer listens; later messages belong to whatever comes next
  kDrop = 207          // the rank counted as dead, and others have its jobs: begin no more of them
};

// Heartbeats that a living rank sends within the time after which silence counts as death.
inline constexpr double kHeartbeatsBeforeDeath = 6;

using Bytes = std::vector<uint8_t>;

// Jobs for one rank to run: side by side, or one after the other.
struct Assignment {
  std::vector<Job> jobs;
  std::vector<int64_t> attempts;  // of each job, from 1; goes into its record
  bool side_by_side = true;
  double hang_seconds = 0;  // DriverOptions::hang_seconds of these jobs
};

Bytes to_message(const Json& body);
Json body_of(const Message& message);  // throws CommError for bytes that are not CBOR

Bytes to_message(const Assignment& assignment);
Assignment assignment_from(const Message& message);
// Records of jobs that one rank runs together, as they come.
struct Delivery {
  std::vector<Record> records;
  bool ended = true;  // whether the rank has ended the assignment
};

Bytes to_message(const Delivery& delivery);
Delivery delivery_from(const Message& message);

}  // namespace dovetail
