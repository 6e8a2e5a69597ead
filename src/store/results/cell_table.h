// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "store/results/results_contents.h"

namespace dovetail {

// A column of a flat table, with a value for each row. Texts are the plan's and the records', which
// must outlive them. Numbers are NaN where they are missing.
struct TableColumn {
  using Texts = std::vector<std::string_view>;
  using Statuses = std::vector<CellStatus>;
  using Kinds = std::vector<JobKind>;
  std::string name;
  std::variant<Texts, std::vector<double>, std::vector<int32_t>, Statuses, Kinds> values;
};

// The columns of /cells and of what `dovetail export --table` writes.
std::vector<TableColumn> cell_table(const ResultContents& contents);
// The same of jobs that belong to no cell: /jobs.
std::vector<TableColumn> shared_job_table(const ResultContents& contents);

// "missing", "finished" ...: the words of /cells/status.
std::string_view to_string(CellStatus status);

}  // namespace dovetail
