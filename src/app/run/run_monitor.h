// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "app/front/rank_activity.h"
#include "app/run/record_store.h"
#include "driver/driver.h"
#include "driver/progress.h"

namespace dovetail {

// Rank 0's callbacks of the driver: shows progress, says when a rank is lost, and saves records
// where other sweeps find them. Refreshes results.h5 once a minute (one share for all of them; of a
// large sweep less often, as rank 0 coordinates nothing meanwhile) and rank_activity_file() every
// few seconds, so that readers can follow an unfinished run.
class RunMonitor {
 public:
  RunMonitor(std::filesystem::path out, const Plan& plan, const Journal& journal,
             const RecordStore& records)
      : out_(std::move(out)), plan_(plan), journal_(journal), records_(records) {}
  RunMonitor(const RunMonitor&) = delete;

  DriverOptions driver_options();

 private:
  void show(const Progress& progress);
  void say_who_left(const Progress& progress);
  void save_activity(const Progress& progress);
  void pass_on(const Record& record);
  void refresh_results();

  std::filesystem::path out_;
  const Plan& plan_;
  const Journal& journal_;
  const RecordStore& records_;
  ProgressDisplay display_;
  std::vector<RankActivity> ranks_;  // as last shown
  std::string activity_;             // as last saved
  std::chrono::steady_clock::time_point activity_saved_;
  std::chrono::steady_clock::time_point refreshed_ = std::chrono::steady_clock::now();
  std::chrono::steady_clock::duration refreshing_took_{};
};

}  // namespace dovetail
