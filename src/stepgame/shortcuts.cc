// SPDX-License-Identifier: Apache-2.0
#include "stepgame/shortcuts.h"

#include "base/error.h"

namespace dovetail {

namespace {

// What a statement says of the question's agents, read as if it named both: how many of them it
// does name, and where the asked one would be.
struct Overlap {
  int agents = 0;
  Offset offset;
};

Overlap overlap_of(const Statement& said, const StepStory& story) {
  const bool as_asked = said.agent == story.asked || said.from == story.from;
  const bool turned = said.from == story.asked || said.agent == story.from;
  const auto is_in_question = [&](char agent) {
    return agent == story.asked || agent == story.from;
  };
  if (!as_asked && !turned) return {};
  return {is_in_question(said.agent) + is_in_question(said.from),
          as_asked ? said.offset : -said.offset};
}

// The first statement that shares the most agents with the question.
Overlap best_overlap(const StepStory& story, const SentenceReader& reader) {
  Overlap best;
  for (const std::string& sentence : story.sentences) {
    try {
      for (const Statement& said : reader.read(sentence)) {
        const Overlap overlap = overlap_of(said, story);
        if (overlap.agents > best.agents) best = overlap;
      }
    } catch (const DataError&) {  // no sentence about two agents
      continue;
    }
  }
  return best;
}

}  // namespace

std::optional<std::string> one_sentence_answer(const StepStory& story,
                                               const SentenceReader& reader) {
  const Overlap best = best_overlap(story, reader);
  return best.agents < 2 ? std::nullopt : std::optional(relation_name(best.offset));
}

std::optional<std::string> entity_overlap_answer(const StepStory& story,
                                                 const SentenceReader& reader) {
  const Overlap best = best_overlap(story, reader);
  return best.agents < 1 ? std::nullopt : std::optional(relation_name(best.offset));
}

}  // namespace dovetail
