// SPDX-License-Identifier: Apache-2.0
#include "plan/pretraining_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace dovetail {

std::string readable_count(double count) {
  constexpr const char* kUnits[] = {"", " k", " M", " G", " T", " P", " E"};
  size_t unit = 0;
  while (count >= 999.5 && unit + 1 < std::size(kUnits)) {
    count /= 1000;
    ++unit;
  }
  const int decimals = unit == 0 || count >= 99.95 ? 0 : count >= 9.995 ? 1 : 2;
  return fmt::format("{:.{}f}{}", count, decimals, kUnits[unit]);
}

std::string pretraining_text(const Plan& plan) {
  std::string text;
  const auto out = std::back_inserter(text);
  for (const Job& job : plan.jobs) {
    if (job.spending.empty()) continue;
    if (text.empty()) {
      fmt::format_to(out, "\n{:<34}{:>8}{:>9}{:>9}{:>9}{:>9}{:>8}{:>8}{:>8}\n",
                     "pre-training, tokens estimated", "steps", "text", "source", "target", "loss",
                     "FLOPs", "spans", "final");
    }
    const auto at = [&](const char* name) { return job.spending.at(name); };
    fmt::format_to(out, "  {:<32}{:>8}{:>9}{:>9}{:>9}{:>9}{:>8}{:>8.1f}{:>7.0f}%\n", job.name,
                   at("steps"), readable_count(at("text_tokens")),
                   readable_count(at("source_tokens")), readable_count(at("target_tokens")),
                   readable_count(at("loss_tokens")), readable_count(at("flops")),
                   at("spans_per_example"), 100 * at("final_span_share"));
  }
  if (!text.empty()) {
    fmt::format_to(out,
                   "  (spans: of noise, a row; final: rows whose only span is the end of the "
                   "text)\n");
  }
  return text;
}

}  // namespace dovetail
