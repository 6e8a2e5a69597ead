// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace dovetail {

// A story of StepGame (Shi et al. 2022): sentences about agents on a grid, and the question where
// one of them is as seen from another. What a file does not say is 0 or empty.
struct StepStory {
  std::vector<std::string> sentences;
  std::string question;
  char asked = 0, from = 0;         // the question: where is `asked`, seen from `from`?
  std::string label;                // one of relation_names()
  int k = 0;                        // edges of the chain
  int d = 0;                        // of them, those between the two agents of the question
  std::string noise = {};           // the kinds that are there: "none", "irrelevant+disconnected"
  std::string variant = {};         // of kVariantNames
  std::string templates = {};       // of kSideNames
  std::vector<bool> is_noise = {};  // by sentence; of a generated story
  std::string place = {};           // where it stands: FILE:LINE
  int64_t line = 0;
};

// The question of a generated story: "Where is B, seen from A?"
std::string question_about(char asked, char from);

enum class QuestionPlace { last, first };

// A story as one text, and read back from it, wherever its question is: a sentence ends with a
// period, a question with its mark.
std::string text_of_story(const StepStory& story, QuestionPlace place = QuestionPlace::last);
StepStory story_in_text(const std::string& text);

// A generated story, which alone knows its noise, without it.
StepStory clean_story(StepStory story);

}  // namespace dovetail
