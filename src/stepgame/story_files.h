// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>

#include "stepgame/story.h"

namespace dovetail {

// Reads the stories of a file in any of these forms, which are told apart by their contents:
//   JSON lines, one story each: {"story": [...], "question": "...", "label": "..."}, and what
//     generated ones say besides ("k", "d", "noise", "variant", "templates"; published: "k_hop")
//   JSON as published: {"0": {"story": ...}, "1": ...}
//   bAbI text: "1 sentence", ..., "N question TAB label TAB numbers", and again from 1
// DataError FILE:LINE for a file that is none of these, a story without sentences, a question that
// does not name two agents, and a label that is no relation.
void for_each_story(const std::filesystem::path& file, const std::function<void(StepStory)>& take);

}  // namespace dovetail
