// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "base/answer_style.h"
#include "templates/template_parts.h"

namespace dovetail {

// Where a template puts the answer: at a sentinel of the source (infill) or after the source
// (continuation). A rule with shapes of both styles is mixed.
AnswerStyle answer_style_of(const ParsedTemplate& parsed);

// Whether the source words the relation or the question: a part nat, nat_prefix or vnat.
bool states_relation(const ParsedTemplate& parsed);

// A list of parts without those that decide the answer style (sup, unsup, mask, versions of vnat):
// "unsup-nat" and "sup-nat" both give "nat". Two templates with equal text are a masked and an
// unmasked form of the same prompt.
std::string parts_without_style(const std::string& parts);

}  // namespace dovetail
