// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "comm/communicator.h"
#include "plan/job.h"
#include "plan/record.h"

// What rank 0 and the workers say to each other; every body is CBOR.
namespace dovetail {

enum MessageTag : int {
  // worker to rank 0
  kHello = 101,     // I am ready for a job
  kRecords = 102,   // what came of the jobs that you gave me
  kHandBack = 103,  // I was stopped; the jobs are unharmed and not done
  kLeave = 104,     // I go; jobs that I had are unharmed
  kAlive = 105,     // both ways, now and then
  // rank 0 to worker
  kWelcome = 201,  // the body: after how many seconds of silence a rank is given up
  kJobs = 202,     // do these
  kStop = 203,     // give back what you are doing
  kStored = 204,   // your records are on disk; the body: how many
  kEnd = 205,      // there is nothing more to do: leave
  kBye = 206       // I no longer listen; what comes now belongs to whatever is next
};

using Bytes = std::vector<uint8_t>;

// Which try of each job this is, for its record.
struct Assignment {
  std::vector<Job> jobs;
  std::vector<int64_t> attempts;
};

Bytes to_message(const Json& body);
Json body_of(const Message& message);  // throws CommError for bytes that are no CBOR

Bytes to_message(const Assignment& assignment);
Assignment assignment_from(const Message& message);
Bytes to_message(const std::vector<Record>& records);
std::vector<Record> records_from(const Message& message);

}  // namespace dovetail
