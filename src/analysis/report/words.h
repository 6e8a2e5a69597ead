// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "analysis/decisions/analysis.h"

// Decisions said in plain words, the same in the report, in decision.json and in advice.
namespace dovetail {

std::string score_text(double score);                 // 0.412
std::string signed_text(double difference);           // +0.031, −0.004
std::string percent_text(double share);               // +12 %
std::string seconds_text(double seconds);             // 0.4 s, 41 s, 3 min, 1.2 h
std::string interval_text(const Estimate& estimate);  // +0.02 to +0.05, signed
std::string metric_text(const std::string& metric);   // rouge_l -> ROUGE-L

// "gain +0.031 (+8 %, 95 % interval +0.020 to +0.042)"
std::string gain_text(const Comparison& comparison);

// The verdict in a few words: "measurable gain", "no measurable difference", ...
std::string verdict_text(Verdict verdict);

// What to use and why, in three to five sentences.
std::string explain(const Decision& decision);

// "holds", "does not hold", "undecided", "not run".
std::string verdict_text(ClaimVerdict verdict);
// "+0.031", or of a relative claim "+12 %"; and the interval.
std::string effect_text(const ClaimResult& result, double effect);
std::string effect_interval_text(const ClaimResult& result, const Estimate& effect);
// "0.223 against 0.182 (+22 %)": a relative gain never stands without the scores that it is of.
std::string scores_text(const ClaimResult& result, const SideScores& scores);
std::string p_text(double p);  // 0.012, < 0.001
// "6 tasks, 3 seeds, 1800 test examples, 36 cells; tasks are drawn anew too"
std::string evidence_text(const ClaimResult& result);
// Verdict, effect, scores of both sides and evidence, in one sentence.
std::string explain(const ClaimResult& result);

// What a selector says of one task, and what following it would have cost: two sentences at most.
std::string explain(const SelectorCase& found);
// "choose prefix_lm · prompting (confidence 0.93): REASON"
std::string selection_text(const Selection& selection);

// What the whole sweep says, a sentence or two each; the most useful first.
std::vector<std::string> lessons(const Analysis& analysis);

// What this run does not tell, that its reader should know: unfinished cells, failures, too few
// seeds or examples, pre-training that was not repeated.
std::vector<std::string> caveats(const Analysis& analysis);

}  // namespace dovetail
