// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
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
//   margin = 0.02                                        # closer to 0 than this: equivalent
//   family = { name = "matching", size = 30 }            # corrected together, over sweep files
//   examples = { d = [3, 4] }                            # test examples of these strata alone
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
  std::string baseline = {};             // of `worse`: this baseline in place of tuned cells

  bool operator==(const ClaimSide&) const = default;
};

// Cells of the two sides are paired if they agree on every axis that the sides do not name.
struct ClaimPair {
  ClaimSide better, worse;
  AxisLabels where;
  AxisLabels more_than;    // empty, or replacements in `where`: the gain must exceed the one there
  std::string label = {};  // in words, of a pair that is judged apart: "against prompting on ..."
};

struct Claim {
  std::string name;
  std::string source;
  std::vector<std::string> metrics;
  std::string reduce = "gain";   // gain: the difference; relative: that, over the score of `worse`
  double at_least = 0;           // least effect, in the metric's units (relative: a share)
  std::vector<ClaimPair> pairs;  // several: their effects are pooled
  bool apart = false;            // the claim holds if each of its pairs does
  double margin = 0;             // an effect closer to 0 is equivalence; 0: none declared
  std::string family = {};       // of claims whose verdicts are corrected together; "": the sweep's
  int64_t family_size = 0;       // verdicts in it over all sweep files; 0: those of this one
  // The test examples that it is about: column of the task's strata -> values. Empty: all.
  AxisLabels examples = {};
};

void to_json(Json& json, const Claim& claim);
void from_json(const Json& json, Claim& claim);

}  // namespace dovetail
