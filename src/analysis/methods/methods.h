// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "analysis/decisions/analysis.h"

namespace dovetail {

// A part of a methods section, in prose. Works are cited as "Raffel et al. 2020" (citations.h).
struct MethodsPart {
  std::string heading;
  std::vector<std::string> paragraphs;
};

// What was run, as a paper's methods section says it: design, models, tuning, data, evaluation,
// statistics and software. It follows from plan and records alone, so it says what ran and not what
// was meant.
std::vector<MethodsPart> methods_section(const Analysis& analysis);

}  // namespace dovetail
