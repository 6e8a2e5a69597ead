// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "analysis/selectors/selectors.h"

namespace dovetail {

// The form of a task's answers: words that fill a slot, or phrases that continue the input.
enum class AnswerKind { filling, phrasal };

// The candidate that suits the answers best. For filling: a masked template and a denoising
// objective; for phrasal: an unmasked template and language modelling. The template counts most,
// then the objective, then the adaptation; a template with the relation's phrase comes before one
// without. The first of equals wins. `context.candidates` is not empty.
Candidate matching(AnswerKind kind, const SelectorContext& context);

// The traits of a label; all unset where the plan has none for it.
const AxisTraits& traits_of(const SelectorContext& context, const std::string& axis,
                            const std::string& label);

}  // namespace dovetail
