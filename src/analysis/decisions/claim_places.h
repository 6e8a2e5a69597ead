// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "analysis/statistics/cell_groups.h"

namespace dovetail {

// One comparison that a claim asks for: the cells of both sides which agree on every axis that the
// sides do not name. `better_there` and `worse_there` are those of more_than, else empty.
struct ClaimPlace {
  using Cells = std::vector<const CellGroup*>;

  std::string task;
  const ClaimPair* pair = nullptr;
  Cells better, worse, better_there, worse_there;
};

// All comparisons of a claim that the sweep has both sides of, in the order of the plan.
std::vector<ClaimPlace> claim_places(const Claim& claim, const Plan& plan,
                                     const std::vector<CellGroup>& groups);

}  // namespace dovetail
