// SPDX-License-Identifier: Apache-2.0
#include "cards/stepgame_examples.h"

#include "stepgame/shortcuts.h"
#include "stepgame/solver.h"

namespace dovetail {

namespace {

std::string known_or_not(int number) { return number > 0 ? std::to_string(number) : "unknown"; }

std::string known_or_not(const std::string& text) { return text.empty() ? "unknown" : text; }

}  // namespace

const std::vector<std::string>& stepgame_strata() {
  static const std::vector<std::string> columns = {"d", "k", "noise", "templates", "variant"};
  return columns;
}

std::vector<std::string> strata_of_story(const StepStory& story, const SentenceReader& reader) {
  const int d = story.d > 0 ? story.d : solve_story(story, reader).distance;
  return {known_or_not(d), known_or_not(story.k), known_or_not(story.noise),
          known_or_not(story.templates), known_or_not(story.variant)};
}

std::map<std::string, TaskRule> stepgame_rules() {
  const auto rule = [](auto answer) {
    return [answer](const Example& example) {
      return answer(story_in_text(example.source), own_sentence_reader());
    };
  };
  return {{"one_sentence", rule(one_sentence_answer)},
          {"entity_overlap", rule(entity_overlap_answer)}};
}

const SentenceReader& own_sentence_reader() {
  static const SentenceReader reader(own_story_templates());
  return reader;
}

}  // namespace dovetail
