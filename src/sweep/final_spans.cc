// SPDX-License-Identifier: Apache-2.0
#include "sweep/final_spans.h"

#include <fmt/format.h>

namespace dovetail {

namespace {

// Above this share, an objective that has other spans in long rows is in short ones another
// objective.
constexpr double kMostFinalOnly = 0.5;

}  // namespace

std::string final_span_note(const PretrainJob& job, const PretrainEstimate& estimate) {
  const double share = estimate.step.final_only / estimate.step.examples;
  if (share <= kMostFinalOnly || estimate.long_final_share > kMostFinalOnly) return "";
  return fmt::format(
      "objective {}: in {:.0f}% of its rows the only span of noise is the end of the text, so it "
      "teaches to finish texts rather than to fill gaps (in rows of 512 tokens: {:.0f}%); give it "
      "longer rows: pack_sequences = true, or a greater sequence_length",
      job.objective.name, 100 * share, 100 * estimate.long_final_share);
}

}  // namespace dovetail
