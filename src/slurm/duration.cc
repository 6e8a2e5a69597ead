// SPDX-License-Identifier: Apache-2.0
#include "slurm/duration.h"

#include <algorithm>
#include <vector>

#include "base/names.h"

namespace dovetail {

namespace {

std::optional<int64_t> whole(const std::string& digits) {
  const bool is_number = !digits.empty() && digits.size() < 10 &&
                         std::ranges::all_of(digits, [](char c) { return c >= '0' && c <= '9'; });
  if (!is_number) return std::nullopt;
  return std::stoll(digits);
}

}  // namespace

std::optional<int64_t> seconds_of_duration(const std::string& text) {
  const size_t dash = text.find('-');
  const bool has_days = dash != std::string::npos;
  const std::vector<std::string> parts = split(has_days ? text.substr(dash + 1) : text, ':');
  if (parts.size() > 3) return std::nullopt;
  const std::optional<int64_t> days = has_days ? whole(text.substr(0, dash)) : 0;
  if (!days) return std::nullopt;
  // The first part counts minutes, but hours after days or before two others.
  int64_t unit = has_days || parts.size() == 3 ? 3600 : 60;
  int64_t seconds = *days * 86400;
  for (const std::string& part : parts) {
    const std::optional<int64_t> number = whole(part);
    if (!number) return std::nullopt;
    seconds += *number * unit;
    unit /= 60;
  }
  return seconds;
}

}  // namespace dovetail
