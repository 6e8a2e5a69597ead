// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace dovetail {

// A job, or a task of an array, as squeue shows it.
struct QueuedJob {
  std::string id;      // "12", or "12_3" of an array
  std::string state;   // PENDING, RUNNING, ...
  std::string reason;  // why it is pending: Resources, Dependency, ...
  std::string elapsed, limit, nodes;
  std::string tag;  // its comment

  // Waiting, running or to be started again; not on its way out.
  bool is_alive() const { return state != "COMPLETING" && state != "CANCELLED"; }
};

// The format for `squeue --noheader --array --format=...`, and what squeue prints for it. Throws
// SystemError for a line of another form.
extern const char* const kQueueFormat;
std::vector<QueuedJob> parse_queue(const std::string& text);

struct Partition {
  std::string name;
  bool is_up = true;
  std::optional<int64_t> limit_seconds;  // none: unlimited
  int64_t num_nodes = 0;
};

// What `scontrol --oneliner show partition` prints.
std::vector<Partition> parse_partitions(const std::string& text);

// State of an ended job, from `sacct -X -n -P -o JobID,State` ("12|COMPLETED"): the last line of
// the job, since each of its lives has one. "" where there is none.
std::string accounted_state(const std::string& sacct, const std::string& job);

}  // namespace dovetail
