// SPDX-License-Identifier: Apache-2.0
#include "app/run_watch.h"

#include <spdlog/spdlog.h>

#include "app/progress_file.h"
#include "store/results.h"

namespace dovetail {

bool Pacer::due() {
  const auto now = std::chrono::steady_clock::now();
  if (now - last_ < interval_) return false;
  last_ = now;
  return true;
}

RunWatch::~RunWatch() { remove_progress(out_); }

DriverOptions RunWatch::driver_options() {
  DriverOptions options;
  options.on_progress = [this](const Progress& progress) { see_progress(progress); };
  options.on_record = [this](const Record& record) { see_record(record); };
  return options;
}

// Neither the display nor the early results are worth a run: what cannot be written is logged.
void RunWatch::see_progress(const Progress& progress) {
  display_.show(progress);
  if (!progress_pacer_.due()) return;
  try {
    write_progress(out_, progress);
  } catch (const std::exception& error) {
    spdlog::warn("no progress for dovetail status: {}", error.what());
  }
}

void RunWatch::see_record(const Record& record) {
  try {
    records_.keep(record);
    if (results_pacer_.due()) refresh_results();
  } catch (const std::exception& error) {
    spdlog::warn("{} is in the journal, but could not be passed on: {}", record.name, error.what());
  }
}

void RunWatch::refresh_results() const {
  write_results(out_ / "results.h5", plan_, journal_.records());
}

}  // namespace dovetail
