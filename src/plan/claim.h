// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "plan/json.h"

// What somebody has said of the cells of a sweep, in a form that the results can answer:
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
// Claims decide no result, so they are in no key and not in the hash of a sweep; the report judges
// them (analysis/decisions/verdicts.h).
namespace dovetail {

using AxisLabels = std::map<std::string, std::vector<std::string>>;  // axis -> labels, none empty

// One side of a comparison. Cells that match different alternatives, or several labels, are meant
// together: their mean.
struct ClaimSide {
  std::vector<AxisLabels> alternatives;  // at least one, which may be empty: the cells of `where`
  std::string metric;                    // of this side alone; "": the claim's
  bool best_other = false;               // the best of the cells that are not the other side's

  bool operator==(const ClaimSide&) const = default;
};

// Cells of the two sides are paired where they agree on all that the sides do not name.
struct ClaimPair {
  ClaimSide better, worse;
  AxisLabels where;
  AxisLabels more_than;  // empty, or what to replace in `where`
};

struct Claim {
  std::string name;
  std::string source;
  std::vector<std::string> metrics;
  std::string reduce = "gain";   // gain: the difference; relative: by the score of `worse`
  double at_least = 0;           // of the effect, in the metric's units (relative: a share)
  std::vector<ClaimPair> pairs;  // several: their effects are pooled
};

void to_json(Json& json, const Claim& claim);
void from_json(const Json& json, Claim& claim);

}  // namespace dovetail
