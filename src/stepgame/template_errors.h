// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "stepgame/solver.h"

namespace dovetail {

// A template of the published generator that says something else than it was made for.
struct TemplateError {
  std::string place;     // "template.py:95", of the commit that the data file names
  std::string fragment;  // a part of its text without names, which no other template has
  Offset meant;          // where the agent that the sentence places was meant to be
};
// data/stepgame/published_errors.toml, ordered by line.
const std::vector<TemplateError>& published_errors();

// The sentences of a story whose intended meaning gives the story's label where their text gives
// another one, or none: the fewest that do.
struct MissCause {
  size_t sentence;
  std::string place;  // of the template
};
// Empty if no known error explains the label.
std::vector<MissCause> explain_miss(const StepStory& story, const StoryStatements& statements);

}  // namespace dovetail
