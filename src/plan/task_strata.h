// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "plan/json.h"

namespace dovetail {

// The columns of a task's data that scores are broken down by (the key strata of a card), and what
// each test example has there, in the order of the records. A stratum is the examples of one value.
struct TaskStrata {
  std::vector<std::string> columns;              // empty: the data name none
  std::vector<std::vector<std::string>> values;  // by column and example

  bool operator==(const TaskStrata&) const = default;
};

// The distinct values of a column: numbers by their size, then texts by spelling.
std::vector<std::string> stratum_names(const TaskStrata& strata, size_t column);

// The examples whose value is one of the given ones in every column that is named; none where a
// column is unknown.
std::vector<bool> examples_in(const TaskStrata& strata,
                              const std::map<std::string, std::vector<std::string>>& wanted);

void to_json(Json& json, const TaskStrata& strata);
void from_json(const Json& json, TaskStrata& strata);

}  // namespace dovetail
