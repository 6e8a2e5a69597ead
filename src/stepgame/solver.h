// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "stepgame/sentence_reader.h"
#include "stepgame/story.h"

namespace dovetail {

// What each sentence of a story says.
using StoryStatements = std::vector<std::vector<Statement>>;

// DataError at the story's place for a sentence that cannot be read.
StoryStatements read_story(const StepStory& story, const SentenceReader& reader);

// What follows from a story's text.
struct StepAnswer {
  // The relation of the question; nullopt where no sentences lead from one agent to the other.
  std::optional<std::string> label;
  int distance = 0;                 // edges of the shortest path between the two agents; 0: none
  std::vector<size_t> path = {};    // the sentences on that path
  bool contradicts_itself = false;  // two sentences place an agent differently
};

// Where `asked` is as seen from `from`: goes breadth first from one to the other and adds up unit
// moves. Linear in the story.
StepAnswer answer_from(const StoryStatements& statements, char asked, char from);

inline StepAnswer solve_story(const StepStory& story, const SentenceReader& reader) {
  return answer_from(read_story(story, reader), story.asked, story.from);
}

}  // namespace dovetail
