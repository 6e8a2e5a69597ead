// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

#include "driver/pace.h"
#include "driver/share_pulse.h"

namespace dovetail {

// Which share of a sweep runs which job: a lease is the file DIR/journal/leases/KEY.EPOCH, which
// holds the name of the share. Whoever creates it has the job, because a file is created once on
// every shared file system (O_EXCL). The lease of a dead share is not taken away but followed by
// the next epoch, so two that find the death at the same time cannot both have the job. No lease is
// ever removed: it also says that a finished job needs no other look.
class JobLeases {
 public:
  // How long a pulse may be missing. Network file systems show a change after up to a minute.
  static constexpr double kDeadAfterSeconds = 150;

  // `share`: this process's own. Throws MachineFailure.
  JobLeases(const std::filesystem::path& journal_folder, const std::string& share,
            double dead_after_seconds = kDeadAfterSeconds);

  // Shows the others that this share lives.
  void beat() { pulse_.beat(); }

  // Whether this share has the job from now on. If not, another one has it. To be called for a job
  // that this share does not run; looks at the file system at most every two seconds for each job.
  // Throws MachineFailure.
  bool take(const std::string& key);
  // Whether another share had the job before, and died or gave it back. Its record may be in that
  // share's journal.
  bool is_second_hand(const std::string& key) const;

 private:
  struct Lease {
    int64_t epoch = 0;  // of the latest lease that is known
    Every look{2};
  };
  std::filesystem::path file_of(const std::string& key, int64_t epoch) const;
  bool create(const std::filesystem::path& file) const;

  std::filesystem::path folder_;
  std::string share_;
  SharePulse pulse_;
  PulseWatch watch_;
  std::map<std::string, Lease> leases_;
};

}  // namespace dovetail
