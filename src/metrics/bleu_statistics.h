// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>

#include "metrics/tokens.h"

namespace dovetail {

inline constexpr int kBleuOrders = 4;

// The counts behind BLEU (Papineni et al. 2002), for one item or summed over a test set.
struct BleuStatistics {
  int64_t length = 0;            // tokens of the prediction
  int64_t reference_length = 0;  // of the reference nearest in length; of two as near, the shorter
  // N-grams of the prediction that match, each at most as often as a reference has it; and all.
  std::array<int64_t, kBleuOrders> correct{}, total{};

  void add(const BleuStatistics& other);
};

// The counts of one item, which has at least one reference.
BleuStatistics bleu_statistics(std::string_view prediction, std::span<const std::string> references,
                               Tokens (*tokenize)(std::string_view));

}  // namespace dovetail
