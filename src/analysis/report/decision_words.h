// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "analysis/decisions/decisions.h"

// Verdicts and gains in words, the same in the report, in decision.json and in advice.
namespace dovetail {

// "gain +0.031 (+8 %, 95 % interval +0.020 to +0.042)"
std::string gain_text(const Comparison& comparison);

// "measurable gain", "no measurable difference", ...
std::string verdict_text(Verdict verdict);

// Whether a best one may be named: the cells differ at all (F test, 5 %), over runs too.
bool cells_differ(const Decision& decision);

// "the cells differ, p < 0.001", "no difference between cells shown, p 0.314"; "" for a single one.
std::string differ_text(const Decision& decision);

// What a choice was tested on halves of: "the runs and test examples".
std::string halves_text(const Decision& decision);

}  // namespace dovetail
