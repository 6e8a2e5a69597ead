// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "stepgame/statement.h"

namespace dovetail {

// What a sentence about two agents literally says. It knows no templates, only words for directions
// (above, lower left, north east, 10 o'clock) and two rules of English:
//   - the agent that is placed is the last one named before the first word for a direction, or the
//     one after "by"; an agent after "to", "of" or "from", or with 's, is what it is placed by
//   - the first word for each axis counts: "A on the left and B on the right" is about A
// So it reads the sentences of every StepGame (Shi et al. 2022) and, as a second opinion, our own.
// nullopt for a sentence that names one agent alone, and so relates it to nothing. DataError
// without place for a sentence without a direction, and for one with more than two agents.
std::optional<Statement> read_literally(std::string_view sentence);

}  // namespace dovetail
