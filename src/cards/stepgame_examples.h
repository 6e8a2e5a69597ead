// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "examples/task.h"
#include "stepgame/sentence_reader.h"
#include "stepgame/story.h"

// Stories of StepGame as examples of a classification: the story and its question are the source,
// the relation is the label.
namespace dovetail {

// The columns that scores are broken down by. d comes first: it decides the labels and how much is
// to be composed.
const std::vector<std::string>& stepgame_strata();

// What a story has in those columns; "unknown" for what its file does not say. A d that is not said
// is the distance in the story's text.
std::vector<std::string> strata_of_story(const StepStory& story, const SentenceReader& reader);

// The rules that answer without composing anything, by the names of the baselines that they are.
std::map<std::string, TaskRule> stepgame_rules();

// Of the project's own templates.
const SentenceReader& own_sentence_reader();

}  // namespace dovetail
