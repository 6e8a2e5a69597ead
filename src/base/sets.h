// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

namespace dovetail {

// Sorts places into sets, in their order: a place joins the first set with whose first member it
// fits, by fits(first, place), or begins a set of its own.
template <typename Fits>
std::vector<std::vector<size_t>> sort_into_sets(const std::vector<size_t>& places, Fits fits) {
  std::vector<std::vector<size_t>> sets;
  for (const size_t place : places) {
    const auto found = std::ranges::find_if(
        sets, [&](const std::vector<size_t>& set) { return fits(set.front(), place); });
    if (found == sets.end()) {
      sets.push_back({place});
    } else {
      found->push_back(place);
    }
  }
  return sets;
}

}  // namespace dovetail
