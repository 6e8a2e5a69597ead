// SPDX-License-Identifier: Apache-2.0
#include "app/cell_choice.h"

#include "base/error.h"
#include "base/names.h"

namespace dovetail {

namespace {

// "the nearest are A, B, C": a sweep may have thousands of cells.
std::string near_names_text(const std::string& glob, std::vector<std::string> names) {
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

std::vector<size_t> matching_names(const std::vector<std::string>& names, const std::string& glob) {
  std::vector<size_t> matching;
  for (size_t i = 0; i < names.size(); ++i) {
    if (glob_matches(glob, names[i])) matching.push_back(i);
  }
  if (matching.empty()) {
    throw_<ConfigError>("--cell {}: none of the {} cells matches; {}", glob, names.size(),
                        near_names_text(glob, names));
  }
  return matching;
}

}  // namespace

std::vector<const Cell*> matching_cells(const Plan& plan, const std::string& glob) {
  std::vector<std::string> names;
  for (const Cell& cell : plan.cells) names.push_back(cell.name);
  std::vector<const Cell*> matching;
  for (const size_t i : matching_names(names, glob)) matching.push_back(&plan.cells[i]);
  return matching;
}

size_t matching_name(const std::vector<std::string>& names, const std::string& glob) {
  const std::vector<size_t> matching = matching_names(names, glob);
  if (matching.size() > 1) {
    throw_<ConfigError>(
        "--cell {}: expected one cell, found {} that match, such as {} and {}; name one of them",
        glob, matching.size(), names[matching[0]], names[matching[1]]);
  }
  return matching.front();
}

}  // namespace dovetail
