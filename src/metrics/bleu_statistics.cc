// SPDX-License-Identifier: Apache-2.0
#include "metrics/bleu_statistics.h"

#include <algorithm>

#include "metrics/ngrams.h"

namespace dovetail {

namespace {

int64_t closest_length(int64_t length, const std::vector<int64_t>& references) {
  int64_t best = references.front();
  for (const int64_t candidate : references) {
    const int64_t distance = std::abs(candidate - length), least = std::abs(best - length);
    if (distance < least || (distance == least && candidate < best)) best = candidate;
  }
  return best;
}

}  // namespace

void BleuStatistics::add(const BleuStatistics& other) {
  length += other.length;
  reference_length += other.reference_length;
  for (int n = 0; n < kBleuOrders; ++n) {
    correct[n] += other.correct[n];
    total[n] += other.total[n];
  }
}

BleuStatistics bleu_statistics(std::string_view prediction, std::span<const std::string> references,
                               Tokens (*tokenize)(std::string_view)) {
  const Tokens predicted = tokenize(prediction);
  NgramCounts allowed({}, 1, kBleuOrders);
  std::vector<int64_t> lengths;
  for (const std::string& reference : references) {
    const Tokens tokens = tokenize(reference);
    lengths.push_back(static_cast<int64_t>(tokens.size()));
    allowed.merge_maximum(NgramCounts(tokens, 1, kBleuOrders));
  }
  BleuStatistics result;
  result.length = static_cast<int64_t>(predicted.size());
  result.reference_length = closest_length(result.length, lengths);
  const NgramCounts found(predicted, 1, kBleuOrders);
  for (const NgramCounts::Entry& entry : found.entries()) {
    result.correct[entry.order - 1] += std::min(entry.count, allowed.count(entry.text));
    result.total[entry.order - 1] += entry.count;
  }
  return result;
}

}  // namespace dovetail
