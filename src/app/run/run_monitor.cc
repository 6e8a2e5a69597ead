// SPDX-License-Identifier: Apache-2.0
#include "app/run/run_monitor.h"

#include "base/log.h"
#include "store/results.h"

namespace dovetail {

namespace {

constexpr auto kRefreshInterval = std::chrono::seconds(60);

}  // namespace

DriverOptions RunMonitor::driver_options() {
  DriverOptions options;
  options.on_progress = [this](const Progress& progress) { display_.show(progress); };
  options.on_record = [this](const Record& record) { see_record(record); };
  return options;
}

// The record is safe in the journal. Copies for others are not worth a run that can go on: what
// cannot be written is logged, and written or reported at the end.
void RunMonitor::see_record(const Record& record) {
  try {
    records_.keep(record);
    refresh_results();
  } catch (const std::exception& error) {
    log_warning("{} is in the journal, but could not be passed on: {}", record.name, error.what());
  }
}

void RunMonitor::refresh_results() {
  const auto now = std::chrono::steady_clock::now();
  if (now - refreshed_ < kRefreshInterval) return;
  refreshed_ = now;
  write_results(out_ / "results.h5", plan_, journal_.records());
}

}  // namespace dovetail
