// SPDX-License-Identifier: Apache-2.0
#include "sweep/claimed_examples.h"

#include <algorithm>

#include "base/error.h"
#include "base/names.h"

namespace dovetail {

namespace {

std::string value_of(const toml::node& node) {
  if (const auto number = node.value_exact<int64_t>()) return std::to_string(*number);
  if (const auto word = node.value_exact<std::string>()) return *word;
  fail_at(node.source(), "values of a column in examples are texts or whole numbers");
}

}  // namespace

AxisLabels read_claimed_examples(const toml::node& node) {
  if (!node.is_table() || node.as_table()->empty()) {
    fail_at(node.source(),
            "examples names columns of the data and their values, such as { d = [3, 4] }");
  }
  AxisLabels examples;
  for (const auto& [column, values] : *node.as_table()) {
    std::vector<std::string>& wanted = examples[std::string(column.str())];
    if (!values.is_array()) {
      wanted.push_back(value_of(values));
      continue;
    }
    for (const toml::node& value : *values.as_array()) wanted.push_back(value_of(value));
    if (wanted.empty()) fail_at(values.source(), "examples must name a value of each column");
  }
  return examples;
}

bool looks_at(const Claim& claim, const std::string& task) {
  return std::ranges::any_of(claim.pairs, [&](const ClaimPair& pair) {
    const auto tasks = pair.where.find("task");
    return tasks == pair.where.end() ||
           std::ranges::find(tasks->second, task) != tasks->second.end();
  });
}

std::string mistake_in_examples(const AxisLabels& examples, const TaskStrata& strata) {
  for (const auto& [column, values] : examples) {
    const auto found = std::ranges::find(strata.columns, column);
    if (found == strata.columns.end()) {
      return fmt::format("its data name no column \"{}\" to break scores down by: {}", column,
                         strata.columns.empty() ? "they name none (the key strata of a card)"
                                                : did_you_mean(column, strata.columns));
    }
    const std::vector<std::string> known =
        stratum_names(strata, static_cast<size_t>(found - strata.columns.begin()));
    for (const std::string& value : values) {
      if (std::ranges::find(known, value) != known.end()) continue;
      return fmt::format("no test example has {} = \"{}\": {}", column, value,
                         did_you_mean(value, known));
    }
  }
  return "";
}

}  // namespace dovetail
