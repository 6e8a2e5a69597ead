// SPDX-License-Identifier: Apache-2.0
#include "app/cell_choice.h"

#include "base/error.h"
#include "base/names.h"

namespace dovetail {

namespace {

constexpr size_t kNamed = 3;

[[noreturn]] void refuse_unknown(const Plan& plan, const std::string& glob) {
  std::vector<std::string> names;
  for (const Cell& cell : plan.cells) names.push_back(cell.name);
  const std::string nearest = nearest_name(glob, names);
  const size_t all = names.size();
  if (all > kNamed) names.resize(kNamed);
  throw_<ConfigError>(
      "--cell {}: none of the sweep's {} cells has such a name{} (known: {}{}; * stands for any "
      "text, and report/tables/cells.csv lists all)",
      glob, all, nearest.empty() ? "" : fmt::format("; did you mean \"{}\"?", nearest),
      join(names, ", "), all > kNamed ? fmt::format(" and {} more", all - kNamed) : "");
}

}  // namespace

std::vector<const Cell*> matching_cells(const Plan& plan, const std::string& glob) {
  std::vector<const Cell*> matching;
  for (const Cell& cell : plan.cells) {
    if (glob_matches(glob, cell.name)) matching.push_back(&cell);
  }
  if (matching.empty()) refuse_unknown(plan, glob);
  return matching;
}

const Cell& matching_cell(const Plan& plan, const std::string& glob) {
  const std::vector<const Cell*> matching = matching_cells(plan, glob);
  if (matching.size() > 1) {
    throw_<ConfigError>(
        "--cell {}: expected one cell, found {} that match, such as {} and {}; name one of them",
        glob, matching.size(), matching[0]->name, matching[1]->name);
  }
  return *matching.front();
}

}  // namespace dovetail
