// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <filesystem>

#include "app/run/record_store.h"
#include "driver/driver.h"
#include "driver/progress.h"

namespace dovetail {

// Rank 0's callbacks of the driver: shows progress, saves records where other sweeps find them, and
// refreshes results.h5 once a minute, so that readers can follow an unfinished run.
class RunMonitor {
 public:
  RunMonitor(std::filesystem::path out, const Plan& plan, const Journal& journal,
             const RecordStore& records)
      : out_(std::move(out)), plan_(plan), journal_(journal), records_(records) {}
  RunMonitor(const RunMonitor&) = delete;

  DriverOptions driver_options();

 private:
  void pass_on(const Record& record);
  void refresh_results();

  std::filesystem::path out_;
  const Plan& plan_;
  const Journal& journal_;
  const RecordStore& records_;
  ProgressDisplay display_;
  std::chrono::steady_clock::time_point refreshed_ = std::chrono::steady_clock::now();
};

}  // namespace dovetail
