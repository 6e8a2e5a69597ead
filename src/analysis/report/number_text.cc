// SPDX-License-Identifier: Apache-2.0
#include "analysis/report/number_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace dovetail {

std::string score_text(double score) { return fmt::format("{:.3f}", score); }

std::string signed_text(double difference) {
  const std::string digits = fmt::format("{:.3f}", std::abs(difference));
  if (digits == "0.000") return "0.000";
  return (difference < 0 ? "\u2212" : "+") + digits;
}

std::string percent_text(double share) {
  const std::string digits = fmt::format("{:.0f}", std::abs(share) * 100);
  if (digits == "0") return "0 %";
  return (share < 0 ? "\u2212" : "+") + digits + " %";
}

std::string seconds_text(double seconds) {
  if (seconds < 10) return fmt::format("{:.1f} s", seconds);
  if (seconds < 120) return fmt::format("{:.0f} s", seconds);
  if (seconds < 7200) return fmt::format("{:.0f} min", seconds / 60);
  return fmt::format("{:.1f} h", seconds / 3600);
}

std::string interval_text(const Estimate& estimate) {
  return signed_text(estimate.low) + " to " + signed_text(estimate.high);
}

std::string metric_text(const std::string& metric) {
  if (metric == "rouge_l") return "ROUGE-L";
  if (metric == "exact_match") return "exact match";
  std::string text = metric;
  std::replace(text.begin(), text.end(), '_', ' ');
  return text;
}

std::string p_text(double p) { return p < 0.001 ? "< 0.001" : fmt::format("{:.3f}", p); }

std::string count_text(int64_t count, const std::string& noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

std::string quantity_text(double count) {
  if (count >= 1e6) return fmt::format("{:.1f} M", count / 1e6);
  if (count >= 1e4) return fmt::format("{:.0f} k", count / 1e3);
  return fmt::format("{:.0f}", count);
}

std::string memory_text(double bytes) {
  return bytes > 0 ? fmt::format("{:.0f} MiB", bytes / (1024.0 * 1024.0)) : "";
}

}  // namespace dovetail
