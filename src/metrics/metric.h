// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dovetail {

// A score of one prediction against its references; higher is better, in [0, 1].
struct Metric {
  std::string name;
  std::string definition;  // with its source
  std::function<double(std::string_view prediction, std::span<const std::string> references)> score;
};

// The catalogue (metrics.inc).
const std::vector<Metric>& metrics();
const Metric& find_metric(const std::string& name);

}  // namespace dovetail
