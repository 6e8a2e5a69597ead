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
// exact_match compares, so that choices may stand in another order in another item. All predictions
// that are none of their item's choices are one class more, under kNoLabel.
struct Confusion {
  struct Class {
    int64_t correct = 0, given = 0, predicted = 0;
  };
  std::map<std::string, Class> classes;
  int64_t correct = 0, total = 0;
};

inline const std::string kNoLabel = "\n";  // no normalised text holds a line end

// The items hold choices and answer.
Confusion confusion(std::span<const ScoredItem> items);

// 1 for an item whose prediction is the right choice.
std::vector<double> right_or_wrong(const std::string& metric, std::span<const ScoredItem> items);

}  // namespace dovetail
