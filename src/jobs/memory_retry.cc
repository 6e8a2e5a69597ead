// SPDX-License-Identifier: Apache-2.0
#include "jobs/memory_retry.h"

#include <optional>
#include <vector>

#include "base/log.h"
#include "base/memory.h"
#include "base/run_guarded.h"
#include "plan/smaller_passes.h"

namespace dovetail {

void run_with_memory_retry(std::span<const Job> group, const RunJobs& run, const RecordSink& done) {
  struct Retry {
    size_t index = 0;
    Job job;
    Record failed;
  };
  std::vector<Retry> retries;
  run(group, [&](size_t i, Record record) {
    std::optional<Job> smaller;
    if (record.status == RunStatus::failed && is_out_of_memory(record.reason))
      smaller = with_smaller_passes(group[i]);
    if (!smaller) return done(i, std::move(record));
    retries.push_back({i, std::move(*smaller), std::move(record)});
  });
  for (const Retry& retry : retries) {
    log_warning("{}: {}; once more with twice the gradient accumulation", retry.job.name,
                retry.failed.reason);
    return_freed_memory();
    run({&retry.job, 1}, [&](size_t, Record record) {
      record.provenance["accumulate_doubled_after"] = retry.failed.reason;
      record.cost.wall_seconds += retry.failed.cost.wall_seconds;
      record.cost.cpu_seconds += retry.failed.cost.cpu_seconds;
      done(retry.index, std::move(record));
    });
  }
}

}  // namespace dovetail
