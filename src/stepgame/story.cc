// SPDX-License-Identifier: Apache-2.0
#include "stepgame/story.h"

#include <fmt/format.h>

#include <utility>

#include "stepgame/mentions.h"

namespace dovetail {

std::string question_about(char asked, char from) {
  return fmt::format("Where is {}, seen from {}?", asked, from);
}

std::string text_of_story(const StepStory& story) {
  std::string text;
  for (const std::string& sentence : story.sentences) text += sentence + ' ';
  return text + story.question;
}

StepStory story_in_text(const std::string& text) {
  StepStory story;
  size_t begin = 0;
  for (size_t end; (end = text.find(". ", begin)) != std::string::npos; begin = end + 2)
    story.sentences.push_back(text.substr(begin, end + 1 - begin));
  story.question = text.substr(begin);
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
