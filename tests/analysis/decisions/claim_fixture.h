// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "analysis/decisions/verdicts.h"
#include "analysis/made_up.h"

// A claim about made-up scores, and its verdict.
namespace dovetail::claim_fixture {

using made_up::Results;

inline std::vector<float> flat(float score, size_t count = 20) {
  return std::vector<float>(count, score);
}

// Mean 0, deviation 1.
inline double normal(Rng& rng) {
  double sum = -6;
  for (int i = 0; i < 12; ++i) sum += rng.uniform();
  return sum;
}

inline ClaimSide side(AxisLabels labels, std::string metric = "") {
  return {{std::move(labels)}, std::move(metric), false};
}

inline Claim masked_wins(AxisLabels where = {}) {
  return {"masked wins",
          "somebody",
          {"rouge_l"},
          "gain",
          0,
          {{side({{"template", {"masked_prompting"}}}),
            side({{"template", {"prompting"}}}),
            std::move(where),
            {}}}};
}

inline ClaimResult judge(const Results& r, const Claim& claim,
                         const DecisionOptions& options = {}) {
  Plan plan = r.plan;
  plan.claims = {claim};
  const auto groups = group_cells(plan, r.records);
  return judge_claims(plan, groups, options).at(0);
}

}  // namespace dovetail::claim_fixture
