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

}  // namespace dovetail
