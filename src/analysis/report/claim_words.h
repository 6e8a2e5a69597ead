// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "analysis/decisions/verdicts.h"

// Verdicts on claims in words, the same in the report and in decision.json.
namespace dovetail {

// "holds", "does not hold", "equivalent within 0.020", "better, of these checkpoints", ...
std::string verdict_text(const ClaimResult& result);
// "in the family claims_matching of 21 verdicts"
std::string family_text(const ClaimResult& result);
// "registered 2026-11-29 03:10:25 UTC, before its first result", "added later: ..."
std::string registration_text(const ClaimResult& result);
// Of an undecided claim: the smallest effect that would have been found; else "".
std::string detectable_text(const ClaimResult& result);
// "+0.031"; for a relative claim "+12 %".
std::string effect_text(const ClaimResult& result, double effect);
std::string effect_interval_text(const ClaimResult& result, const Estimate& effect);
// "0.223 against 0.182 (+22 %)": a relative gain always stands beside its two scores.
std::string scores_text(const ClaimResult& result, const SideScores& scores);
// "6 tasks, 3 seeds, 1800 test examples, 36 cells; a draw of tasks"
std::string evidence_text(const ClaimResult& result);
// Verdict, effect, scores of both sides and evidence, in one sentence.
std::string explain(const ClaimResult& result);

}  // namespace dovetail
