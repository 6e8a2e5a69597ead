// SPDX-License-Identifier: Apache-2.0
#include "app/run_watch.h"

#include <spdlog/spdlog.h>

#include "store/results.h"

namespace dovetail {

namespace {

constexpr auto kRefreshInterval = std::chrono::seconds(60);

}  // namespace

DriverOptions RunWatch::driver_options() {
  DriverOptions options;
  options.on_progress = [this](const Progress& progress) { display_.show(progress); };
  options.on_record = [this](const Record& record) { see_record(record); };
  return options;
}

// The record is safe in the journal. Copies for others are not worth a run that can go on: what
// cannot be written is logged, and written or reported at the end.
void RunWatch::see_record(const Record& record) {
  try {
    records_.keep(record);
    refresh_results();
  } catch (const std::exception& error) {
    spdlog::warn("{} is in the journal, but could not be passed on: {}", record.name, error.what());
  }
}

void RunWatch::refresh_results() {
  const auto now = std::chrono::steady_clock::now();
  if (now - refreshed_ < kRefreshInterval) return;
  refreshed_ = now;
  write_results(out_ / "results.h5", plan_, journal_.records());
}

}  // namespace dovetail
