// SPDX-License-Identifier: Apache-2.0
#include "app/cell_choice.h"

#include "base/error.h"
#include "base/names.h"

namespace dovetail {

namespace {

// "the nearest are A, B, C": a sweep may have thousands of cells.
std::string near_cells_text(const std::string& glob, std::vector<std::string> names) {
  constexpr size_t kShown = 3;
  std::vector<std::string> nearest;
  while (nearest.size() < kShown) {
    const std::string name = nearest_name(glob, names);
    if (name.empty()) break;
    nearest.push_back(name);
    std::erase(names, name);
  }
  const std::string list = "; * stands for any text, and report/tables/cells.csv lists all";
  if (nearest.empty()) return fmt::format("their names look like {}{}", names.front(), list);
  return fmt::format("the nearest {} {}{}", nearest.size() == 1 ? "is" : "are", join(nearest, ", "),
                     list);
}

[[noreturn]] void refuse_unknown(const Plan& plan, const std::string& glob) {
  std::vector<std::string> names;
  for (const Cell& cell : plan.cells) names.push_back(cell.name);
  throw_<ConfigError>("--cell {}: none of the {} cells matches; {}", glob, names.size(),
                      near_cells_text(glob, names));
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
