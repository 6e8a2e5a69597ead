// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "analysis/statistics/cell_groups.h"

namespace dovetail {

// One comparison that a claim asks for: the cells of both sides that agree on every axis the sides
// do not name. `reference_better` and `reference_worse` are the same two sides where more_than
// looks: the claim's gain must exceed theirs. Both are empty without more_than.
struct ClaimComparison {
  using Cells = std::vector<const CellGroup*>;

  std::string task;
  const ClaimPair* pair = nullptr;
  Cells better, worse, reference_better, reference_worse;
};

// All comparisons of a claim whose two sides the sweep has, in the order of the plan.
std::vector<ClaimComparison> claim_comparisons(const Claim& claim, const Plan& plan,
                                               const std::vector<CellGroup>& groups);

}  // namespace dovetail
