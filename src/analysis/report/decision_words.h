// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "analysis/decisions/decisions.h"

// Decisions in words, the same in the report, in decision.json and in advice.
namespace dovetail {

// "gain +0.031 (+8 %, 95 % interval +0.020 to +0.042)"
std::string gain_text(const Comparison& comparison);

// "measurable gain", "no measurable difference", ...
std::string verdict_text(Verdict verdict);

// The recommendation and its reasons, in three to five sentences.
std::string explain(const Decision& decision);

}  // namespace dovetail
