// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "plan/json.h"

// A hypothesis about the results of a sweep, stated in its file and tested by the report:
//
//   [[claim]]
//   name   = "masked wins on lexical relations"
//   source = "Pouramini and Faili 2024"
//   metric = "rouge_l"                                   # or a list: a verdict for each
//   better = { template = "masked_prompting" }
//   worse  = { template = "prompting" }                  # or "best_other", or a list of tables
//   where  = { task = ["atomic2020.xAttr", "atomic2020.ObjectUse"], train_size = 30 }
//   more_than = { train_size = "all" }                   # the gain exceeds the one found there
//   reduce = "gain"                                      # or "relative"
//   at_least = 0.0
//
// Claims decide no result, so they are part of no key and not of the hash of a sweep.
// analysis/decisions/verdicts.h judges them.
namespace dovetail {

using AxisLabels = std::map<std::string, std::vector<std::string>>;  // axis -> labels, none empty

// One side of a comparison. If cells match several alternatives or labels, their mean counts.
struct ClaimSide {
  std::vector<AxisLabels> alternatives;  // at least one; an empty one: all cells of `where`
  std::string metric;                    // of this side alone; "": the claim's
  bool best_other = false;               // the best cell that is not on the other side

  bool operator==(const ClaimSide&) const = default;
};

// Cells of the two sides are paired if they agree on every axis that the sides do not name.
struct ClaimPair {
  ClaimSide better, worse;
  AxisLabels where;
  AxisLabels more_than;  // empty, or replacements in `where`: the gain must exceed the one there
};

struct Claim {
  std::string name;
  std::string source;
  std::vector<std::string> metrics;
  std::string reduce = "gain";   // gain: the difference; relative: that, over the score of `worse`
  double at_least = 0;           // least effect, in the metric's units (relative: a share)
  std::vector<ClaimPair> pairs;  // several: their effects are pooled
};

void to_json(Json& json, const Claim& claim);
void from_json(const Json& json, Claim& claim);

}  // namespace dovetail
