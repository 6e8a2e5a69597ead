// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>

#include "metrics/metric.h"

namespace dovetail {

// Throws ItemError for the first item that lacks a field that `evidence` names; the sentence names
// `metric` and the key. Lengths are checked too: a log-probability for each choice, ranks for each
// reference.
void check_evidence(std::string_view metric, Evidence evidence, std::span<const ScoredItem> items);

// Makes a metric's score from a function of one item, after check_evidence.
std::function<std::vector<double>(std::span<const ScoredItem>)> each_item(
    std::string metric, Evidence evidence, std::function<double(const ScoredItem&)> one);

}  // namespace dovetail
