// SPDX-License-Identifier: Apache-2.0
#include "stepgame/published_templates.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "base/scratch_folder.h"
#include "stepgame/generator.h"
#include "stepgame/solver.h"

namespace dovetail {
namespace {

using testing::HasSubstr;

// The form of the published file, with sentences of our own.
std::string python_list(const std::string& name, const std::string& first,
                        const std::vector<std::string>& sentences) {
  std::string text = "def object1_" + name + "_object2(object_1, object_2):\n    candidates = [\n";
  for (const std::string& sentence : sentences) text += "        \"" + sentence + "\",\n";
  const std::string second = first == "AA" ? "BB" : "AA";
  return text + "    ]\n    tmp = random.choice(candidates)\n    return tmp.replace('" + first +
         "', object_1).replace('" + second + "', object_2)\n\n";
}

std::string all_lists() {
  std::string text;
  const std::vector<std::pair<std::string, std::string>> words = {{"left", "left of"},
                                                                  {"right", "right of"},
                                                                  {"over", "over"},
                                                                  {"below", "under"},
                                                                  {"lowerleft", "south west of"},
                                                                  {"upright", "north east of"},
                                                                  {"lowerright", "south east of"},
                                                                  {"upleft", "north west of"}};
  for (const auto& [name, word] : words) {
    text += python_list(name, "AA",
                        {"AA is " + word + " BB.", "AA stays " + word + " BB.",
                         "AA keeps " + word + " BB.", "AA rests " + word + " BB."});
  }
  return text;
}

TEST(PublishedTemplates, AreReadFromThePythonFile) {
  const ScratchFolder folder;
  const PublishedTemplates found =
      read_published_templates(folder.write("template.py", all_lists()));
  EXPECT_EQ(found.templates.size(), 32);
  EXPECT_TRUE(found.left_out.empty());

  const StoryGenerator generator({.k = {4}}, found.templates);
  const SentenceReader reader(found.templates);
  for (int64_t i = 0; i < 200; ++i) {
    const StepStory story = generator.story(i);
    EXPECT_EQ(solve_story(story, reader).label, story.label);
    for (const std::string& sentence : story.sentences)
      EXPECT_EQ(sentence.find("rests"), std::string::npos) << "every fourth is held out";
  }
}

TEST(PublishedTemplates, WrongOnesAreNamedAndLeftOut) {
  const ScratchFolder folder;
  const std::string text = python_list(
      "right", "BB",
      {"BB is right of AA.", "AA is right of BB.", "BB is up by BB.", "BB is right of AA."});
  const PublishedTemplates found = read_published_templates(folder.write("template.py", text));

  ASSERT_EQ(found.templates.size(), 1);
  ASSERT_EQ(found.left_out.size(), 3);
  EXPECT_THAT(found.left_out[0].place, HasSubstr("template.py:4"));
  EXPECT_EQ(found.left_out[0].why, "it says \"right\" and stands among \"left\"");
  EXPECT_EQ(found.left_out[1].why, "it names one agent alone");
  EXPECT_EQ(found.left_out[2].why, "it repeats an earlier one");
}

TEST(PublishedTemplates, OtherFilesAreRefused) {
  const ScratchFolder folder;
  EXPECT_THROW(read_published_templates(folder.write("x.py", "print(1)\n")), DataError);
  EXPECT_THROW(read_published_templates(folder.write("y.py", "def object1_near_object2(a, b):\n")),
               DataError);
}

}  // namespace
}  // namespace dovetail
