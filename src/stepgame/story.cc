// SPDX-License-Identifier: Apache-2.0
#include "stepgame/story.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "stepgame/mentions.h"

namespace dovetail {

std::string question_about(char asked, char from) {
  return fmt::format("Where is {}, seen from {}?", asked, from);
}

std::string text_of_story(const StepStory& story, QuestionPlace place) {
  std::vector<std::string> parts = story.sentences;
  parts.insert(place == QuestionPlace::first ? parts.begin() : parts.end(), story.question);
  return fmt::format("{}", fmt::join(parts, " "));
}

StepStory story_in_text(const std::string& text) {
  StepStory story;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find(". ", begin), text.find("? ", begin));
    const size_t size = end == std::string::npos ? text.size() - begin : end + 1 - begin;
    const std::string part = text.substr(begin, size);
    const bool is_last = begin + size >= text.size();
    if (part.ends_with('?') || (is_last && story.question.empty()))
      story.question = part;
    else
      story.sentences.push_back(part);
    begin += size + 1;
  }
  const std::string agents = agents_in(story.question);
  if (agents.size() == 2) {
    story.asked = agents[0];
    story.from = agents[1];
  }
  return story;
}

StepStory clean_story(StepStory story) {
  std::vector<std::string> kept;
  for (size_t i = 0; i < story.sentences.size(); ++i)
    if (!story.is_noise[i]) kept.push_back(story.sentences[i]);
  story.sentences = std::move(kept);
  story.is_noise.assign(story.sentences.size(), false);
  story.noise = "none";
  return story;
}

}  // namespace dovetail
