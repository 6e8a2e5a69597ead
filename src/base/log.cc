// SPDX-License-Identifier: Apache-2.0
#include "base/log.h"

#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

namespace dovetail {

namespace {

spdlog::level::level_enum level_of(LogLevel level) {
  switch (level) {
    case LogLevel::debug: return spdlog::level::debug;
    case LogLevel::info: return spdlog::level::info;
    case LogLevel::warning: return spdlog::level::warn;
    case LogLevel::error: return spdlog::level::err;
  }
  return spdlog::level::err;
}

}  // namespace

void write_log(LogLevel level, const std::string& message) {
  spdlog::log(level_of(level), spdlog::string_view_t(message));
}

void log_to_stderr() {
  spdlog::set_default_logger(spdlog::stderr_logger_mt("dovetail"));
  spdlog::set_level(spdlog::level::warn);
}

void log_to_file(const std::filesystem::path& file) {
  spdlog::set_default_logger(spdlog::basic_logger_mt("rank", file.string()));
  spdlog::set_level(spdlog::level::info);
  spdlog::flush_on(spdlog::level::info);
  spdlog::set_error_handler([](const std::string&) {});
}

}  // namespace dovetail
