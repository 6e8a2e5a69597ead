// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "analysis/analysis.h"

// Decisions said in plain words, the same in the report, in decision.json and in advice.
namespace dovetail {

std::string score_text(double score);                  // 0.412
std::string signed_text(double difference);            // +0.031, −0.004
std::string percent_text(double share);                // +12 %
std::string seconds_text(double seconds);              // 0.4 s, 41 s, 3 min, 1.2 h
std::string interval_text(const Estimate& estimate);   // +0.02 to +0.05, signed
std::string metric_text(const std::string& metric);    // rouge_l -> ROUGE-L

// "gain +0.031 (+8 %, 95 % interval +0.020 to +0.042)"
std::string gain_text(const Comparison& comparison);

// The verdict in a few words: "measurable gain", "no measurable difference", ...
std::string verdict_text(Verdict verdict);

// What to use and why, in three to five sentences.
std::string explain(const Decision& decision);

// What the whole sweep says, a sentence or two each; the most useful first.
std::vector<std::string> lessons(const Analysis& analysis);

// What this run does not tell, that its reader should know: unfinished cells, failures, too few
// seeds or examples, pre-training that was not repeated.
std::vector<std::string> caveats(const Analysis& analysis);

}  // namespace dovetail
