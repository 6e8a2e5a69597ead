// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "metrics/metric.h"

namespace dovetail {

// How often each class was right, given and predicted. A class is the text of a choice, compared as
// in exact_match, so that the order of choices may differ between items. All predictions outside
// their item's choices form one extra class, kNoLabel.
struct Confusion {
  struct Class {
    int64_t correct = 0, given = 0, predicted = 0;
  };
  std::map<std::string, Class> classes;
  int64_t correct = 0, total = 0;
};

inline const std::string kNoLabel = "\n";  // no normalised text contains a newline

// Counts over items that have choices and answer.
Confusion confusion(std::span<const ScoredItem> items);

// For each item, 1 if its prediction is the right choice, else 0.
std::vector<double> right_or_wrong(const std::string& metric, std::span<const ScoredItem> items);

}  // namespace dovetail
