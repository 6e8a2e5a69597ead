// SPDX-License-Identifier: Apache-2.0
#include "plan/task_strata.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <set>

#include "plan/json_fields.h"

namespace dovetail {

namespace {

// Texts come after all numbers.
double as_number(const std::string& text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size()
             ? number
             : std::numeric_limits<double>::infinity();
}

}  // namespace

DOVETAIL_JSON_FIELDS(TaskStrata, columns, values)

std::vector<std::string> stratum_names(const TaskStrata& strata, size_t column) {
  const std::vector<std::string>& all = strata.values.at(column);
  const std::set<std::string> distinct(all.begin(), all.end());
  std::vector<std::string> names(distinct.begin(), distinct.end());
  std::ranges::stable_sort(names, {}, as_number);
  return names;
}

std::vector<bool> examples_in(const TaskStrata& strata,
                              const std::map<std::string, std::vector<std::string>>& wanted) {
  std::vector<bool> in(strata.values.empty() ? 0 : strata.values[0].size(), true);
  for (const auto& [column, values] : wanted) {
    const auto found = std::ranges::find(strata.columns, column);
    if (found == strata.columns.end()) return std::vector<bool>(in.size(), false);
    const std::vector<std::string>& own = strata.values[found - strata.columns.begin()];
    for (size_t i = 0; i < in.size(); ++i)
      in[i] = in[i] && std::ranges::find(values, own[i]) != values.end();
  }
  return in;
}

}  // namespace dovetail
