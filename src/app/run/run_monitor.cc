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
  options.on_record = [this](const Record& record) { pass_on(record); };
  return options;
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
  if (now - refreshed_ < kRefreshInterval) return;
  refreshed_ = now;
  write_results(out_ / "results.h5", plan_, journal_.records());
}

}  // namespace dovetail
