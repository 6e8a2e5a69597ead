// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "analysis/decisions/verdicts.h"

// Verdicts on claims in words, the same in the report and in decision.json.
namespace dovetail {

// "holds", "does not hold", "undecided", "not run"
std::string verdict_text(ClaimVerdict verdict);
// "+0.031"; for a relative claim "+12 %".
std::string effect_text(const ClaimResult& result, double effect);
std::string effect_interval_text(const ClaimResult& result, const Estimate& effect);
// "0.223 against 0.182 (+22 %)": a relative gain always stands beside its two scores.
std::string scores_text(const ClaimResult& result, const SideScores& scores);
// "6 tasks, 3 seeds, 1800 test examples, 36 cells; tasks are resampled too"
std::string evidence_text(const ClaimResult& result);
// Verdict, effect, scores of both sides and evidence, in one sentence.
std::string explain(const ClaimResult& result);

}  // namespace dovetail
