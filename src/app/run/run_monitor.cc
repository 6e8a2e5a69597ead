// SPDX-License-Identifier: Apache-2.0
#include "app/run/run_monitor.h"

#include <fmt/format.h>

#include <cstdio>
#include <fstream>
#include <utility>

#include "base/log.h"
#include "base/stop.h"
#include "store/results/results.h"

namespace dovetail {

namespace {

constexpr auto kRefreshInterval = std::chrono::seconds(60);
constexpr int kRefreshShare = 50;  // at most a fiftieth of the time goes into refreshing
constexpr auto kActivityInterval = std::chrono::seconds(2);

}  // namespace

namespace fs = std::filesystem;

DriverOptions RunMonitor::driver_options() {
  DriverOptions options;
  options.on_progress = [this](const Progress& progress) { show(progress); };
  options.on_record = [this](const Record& record) { pass_on(record); };
  return options;
}

void RunMonitor::show(const Progress& progress) {
  say_who_left(progress);
  display_.show(progress);
  save_activity(progress);
}

// At the end, and after a signal, all ranks leave.
void RunMonitor::say_who_left(const Progress& progress) {
  const bool is_ending = progress.done == progress.total || stop_requested();
  for (size_t rank = 0; rank < ranks_.size() && !is_ending; ++rank) {
    const RankActivity& before = ranks_[rank];
    if (before.state == RankState::left || progress.ranks[rank].state != RankState::left) continue;
    fmt::print(stderr, "\nrank {} is lost; the run goes on with the others{}\n", rank,
               before.job.empty() ? "" : ", which also take over its job " + before.job);
  }
  ranks_ = progress.ranks;
}

// Only for readers, so it is not synced, and a failure is none.
void RunMonitor::save_activity(const Progress& progress) {
  const auto now = std::chrono::steady_clock::now();
  if (now - activity_saved_ < kActivityInterval) return;
  activity_saved_ = now;
  std::string text;
  for (size_t rank = 0; rank < progress.ranks.size(); ++rank) {
    const RankActivity& activity = progress.ranks[rank];
    text += fmt::format("{}: {}\n", rank,
                        activity.job.empty() ? to_string(activity.state) : activity.job);
  }
  if (text == std::exchange(activity_, text)) return;
  const fs::path file = rank_activity_file(out_, journal_.share());
  fs::path temporary = file;
  temporary += ".tmp";
  std::ofstream(temporary) << text;
  std::error_code ignored;
  fs::rename(temporary, file, ignored);
}

// The record is safe in the journal, so a failure to copy it must not end the run. It is logged;
// the end of the run writes results.h5 again, and the next run saves the records again.
void RunMonitor::pass_on(const Record& record) {
  try {
    records_.save(record);
    refresh_results();
  } catch (const std::exception& error) {
    log_warning("{} is in the journal, but could not be copied: {}", record.name, error.what());
  }
}

void RunMonitor::refresh_results() {
  const auto now = std::chrono::steady_clock::now();
  const auto since = now - refreshed_;
  if (since < kRefreshInterval || since < kRefreshShare * refreshing_took_) return;
  refreshed_ = now;
  std::error_code error;
  const auto written = fs::last_write_time(out_ / "results.h5", error);
  const bool other_share_did = !journal_.share().empty() && !error &&
                               fs::file_time_type::clock::now() - written < kRefreshInterval;
  if (other_share_did) return;
  write_results(out_ / "results.h5", plan_, journal_.records());
  refreshing_took_ = std::chrono::steady_clock::now() - now;
}

}  // namespace dovetail
