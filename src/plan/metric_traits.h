// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>

#include "plan/json.h"

namespace dovetail {

// The properties of a metric that decisions and claims depend on.
struct MetricTraits {
  bool higher_is_better = true;
  bool corpus_level = false;  // one score for the whole test set, no mean over its examples
};

// By the metric's name in a record. A metric that is not in the map has the defaults.
using MetricTraitsMap = std::map<std::string, MetricTraits>;

MetricTraits traits_of(const MetricTraitsMap& all, const std::string& metric);

// What a cell cost, of which claims may speak as of a score: fields of Cost in its record. They are
// measured once a cell, and less is better.
inline constexpr const char* kCosts[] = {"cpu_seconds", "wall_seconds"};
bool is_cost(const std::string& metric);

void to_json(Json& json, const MetricTraits& traits);
void from_json(const Json& json, MetricTraits& traits);

}  // namespace dovetail
