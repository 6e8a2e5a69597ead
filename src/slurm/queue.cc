// SPDX-License-Identifier: Apache-2.0
#include "slurm/queue.h"

#include <cstdlib>

#include "base/error.h"
#include "base/names.h"
#include "slurm/duration.h"

namespace dovetail {

namespace {

// "up" of "State=up"; "" where the line has no such field.
std::string field_of(const std::string& line, const std::string& name) {
  for (const std::string& field : split(line, ' ')) {
    if (field.starts_with(name + "=")) return field.substr(name.size() + 1);
  }
  return "";
}

}  // namespace

const char* const kQueueFormat = "%i|%T|%r|%M|%l|%N|%k";

std::vector<QueuedJob> parse_queue(const std::string& text) {
  std::vector<QueuedJob> jobs;
  for (const std::string& line : split(text, '\n')) {
    if (line.empty()) continue;
    const std::vector<std::string> fields = split(line, '|');
    if (fields.size() < 7) {
      throw_<SystemError>("squeue printed a line that is not of the form {}: {}", kQueueFormat,
                          line);
    }
    jobs.push_back({.id = fields[0],
                    .state = fields[1],
                    .reason = fields[2] == "None" ? "" : fields[2],
                    .elapsed = fields[3],
                    .limit = fields[4],
                    .nodes = fields[5],
                    .tag = fields[6]});
  }
  return jobs;
}

std::vector<Partition> parse_partitions(const std::string& text) {
  std::vector<Partition> partitions;
  for (const std::string& line : split(text, '\n')) {
    const std::string name = field_of(line, "PartitionName");
    if (name.empty()) continue;
    partitions.push_back({.name = name,
                          .is_up = field_of(line, "State") == "UP",
                          .limit_seconds = seconds_of_duration(field_of(line, "MaxTime")),
                          .num_nodes = std::atoll(field_of(line, "TotalNodes").c_str())});
  }
  return partitions;
}

std::string accounted_state(const std::string& sacct, const std::string& job) {
  std::string state;
  for (const std::string& line : split(sacct, '\n')) {
    const std::vector<std::string> fields = split(line, '|');
    if (fields.size() >= 2 && fields[0] == job) state = fields[1];
  }
  return state;
}

}  // namespace dovetail
