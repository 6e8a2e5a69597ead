// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/crash_note.h"
#include "plan/record.h"

namespace dovetail {

// What is known of the deaths of jobs' processes, in this run and before: FOLDER/KEY holds a
// CrashNote for each. A process that dies of a signal of its own leaves its note itself; of one
// that was killed the coordinator leaves it.
class CrashReports {
 public:
  using LogOfRank = std::function<std::filesystem::path(int rank)>;

  // No folder: nothing is kept, and nothing known.
  explicit CrashReports(std::filesystem::path folder, LogOfRank log_of_rank = {});

  // A rank of this machine, or of another one, died while it ran the job.
  struct Death {
    int rank = 0;
    bool on_this_machine = false;
    int64_t peak_bytes = 0;  // at its last sign of life
  };
  // Returns whether the death counts: not where the job, being under suspicion, was not running
  // then (base/crash_note.h).
  bool add(const std::string& key, const Death& death);
  // The same of a job that had begun when an earlier run died as a whole, and then has so many
  // deaths behind it.
  bool add_from_earlier_run(const std::string& key, int64_t num_deaths);
  // To be called once the earlier run's jobs are added; not `alone` where other shares run.
  void begin_run(bool alone);

  // Whether the job has ended its process twice by itself: by a fatal signal, by no progress, or by
  // its want of memory.
  bool is_at_fault(const std::string& key) const;
  // One more death makes it so.
  void forgive(const std::string& key);
  // A job whose process the kernel has killed for want of memory runs in smaller passes, if it can;
  // its record then says so.
  Job as_to_run(const Job& job) const;
  void note_smaller_passes(Record& record) const;
  // Fills reason, attempt, peak and provenance ("crash": causes, and the end of the last process's
  // log) of a crashed record.
  Record described(Record crashed, int64_t num_deaths) const;

 private:
  using Notes = std::vector<CrashNote>;
  const Notes& notes_of(const std::string& key) const;
  int64_t num_own(const std::string& key) const;
  bool add_unless_noted(const std::string& key, bool is_noted, const CrashNote& note);
  void keep(const std::string& key, const CrashNote& note);
  bool was_killed_for_memory(const std::string& key) const;
  bool kernel_has_killed() const;
  void count_kills();

  std::filesystem::path folder_;
  LogOfRank log_of_rank_;
  OutOfMemoryKills kills_before_;           // those already laid to a job
  std::map<std::string, Notes> notes_;      // by key, as far as they are known
  std::map<std::string, int64_t> pardons_;  // by key: so many deaths of its own no longer count
};

}  // namespace dovetail
