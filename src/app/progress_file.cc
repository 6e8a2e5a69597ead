// SPDX-License-Identifier: Apache-2.0
#include "app/progress_file.h"

#include <chrono>
#include <nlohmann/json.hpp>

#include "base/file.h"

namespace dovetail {

namespace fs = std::filesystem;

namespace {

constexpr auto kStale = std::chrono::seconds(30);

fs::path progress_path(const fs::path& out) { return out / "logs" / "progress.json"; }

}  // namespace

void write_progress(const fs::path& out, const Progress& progress) {
  const Json json = {{"total", progress.total},
                     {"done", progress.done},
                     {"failed", progress.failed},
                     {"reused", progress.reused},
                     {"elapsed_seconds", progress.elapsed_seconds},
                     {"remaining_seconds", progress.remaining_seconds},
                     {"jobs_per_minute", progress.jobs_per_minute},
                     {"doing", progress.doing}};
  write_file_atomically(progress_path(out), json.dump());
}

void remove_progress(const fs::path& out) {
  std::error_code ignored;
  fs::remove(progress_path(out), ignored);
}

std::optional<Progress> read_progress(const fs::path& out) {
  const fs::path file = progress_path(out);
  std::error_code error;
  const auto written = fs::last_write_time(file, error);
  if (error || fs::file_time_type::clock::now() - written > kStale) return std::nullopt;
  try {
    const Json json = Json::parse(read_file(file));
    return Progress{.total = json.at("total"),
                    .done = json.at("done"),
                    .failed = json.at("failed"),
                    .reused = json.at("reused"),
                    .elapsed_seconds = json.at("elapsed_seconds"),
                    .remaining_seconds = json.at("remaining_seconds"),
                    .jobs_per_minute = json.at("jobs_per_minute"),
                    .doing = json.at("doing")};
  } catch (const std::exception&) {  // gone, or of another version: status does without it
    return std::nullopt;
  }
}

}  // namespace dovetail
