// SPDX-License-Identifier: Apache-2.0
#include "stepgame/story_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "base/file.h"
#include "base/scratch_folder.h"
#include "stepgame/story_writer.h"

namespace dovetail {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::vector<StepStory> stories_of(const std::string& file) {
  std::vector<StepStory> all;
  for_each_story(file, [&](StepStory story) { all.push_back(std::move(story)); });
  return all;
}

TEST(StoryFiles, ReadThePublishedForms) {
  const ScratchFolder folder;
  const std::string json = folder.write(
      "a.json",
      "{\"0\": {\"story\": [\"B is above A.\", \"C is left of B.\"], \"question\": \"What is the "
      "relation of the agent C to the agent A?\", \"label\": \"upper-left\"},\n\"1\": {\"story\": "
      "[\"B is above A.\"], \"question\": \"B to A?\", \"label\": \"above\"}}");
  const std::string babi = folder.write(
      "a.txt",
      "1 B is above A.\n2 C is left of B.\n3 Where is C to A?\tupper-left\t1\n1 B is over "
      "A.\n2 B to A?\tabove\t1\n");
  const std::string lines = folder.write(
      "a.jsonl",
      "{\"story\": [\"B is above A.\", \"C is left of B.\"], \"question\": \"C to A?\", "
      "\"label\": \"upper-left\", \"k_hop\": \"2\"}\n{\"story\": [\"B is above A.\"], "
      "\"question\": \"B to A?\", \"label\": \"above\"}\n");
  for (const std::string& file : {json, babi, lines}) {
    const std::vector<StepStory> all = stories_of(file);
    ASSERT_EQ(all.size(), 2) << file;
    EXPECT_THAT(all[0].sentences, ElementsAre("B is above A.", "C is left of B."));
    EXPECT_EQ(all[0].asked, 'C');
    EXPECT_EQ(all[0].from, 'A');
    EXPECT_EQ(all[0].label, "upper-left");
    EXPECT_EQ(all[1].label, "above");
  }
  EXPECT_EQ(stories_of(lines)[0].k, 2);
  EXPECT_THAT(stories_of(json)[1].place, HasSubstr("a.json:2 (story \"1\")"));
}

TEST(StoryFiles, AreReadAsTheyAreWritten) {
  const ScratchFolder folder;
  const StepStory story{.sentences = {"B is above A."},
                        .question = "Where is B, seen from A?",
                        .label = "above",
                        .k = 1,
                        .d = 1,
                        .noise = "none",
                        .variant = "plain",
                        .templates = "train"};
  for (const char* name : {"s.json", "s.txt", "s.jsonl"}) {
    const auto file = folder / name;
    stream_file_atomically(file, [&](const ByteSink& sink) {
      StoryWriter writer(story_format_of(file), sink);
      writer.add(story);
      writer.add(story);
      writer.finish();
    });
    const std::vector<StepStory> all = stories_of(file);
    ASSERT_EQ(all.size(), 2) << name;
    EXPECT_EQ(all[1].sentences, story.sentences);
    EXPECT_EQ(all[1].label, "above");
    EXPECT_EQ(all[1].d, std::string_view(name) == "s.txt" ? 0 : 1);
  }
}

TEST(StoryFiles, RefuseBrokenOnesWithTheirLine) {
  const ScratchFolder folder;
  const std::string good =
      "{\"story\": [\"B is above A.\"], \"question\": \"B to A?\", \"label\": \"above\"}\n";
  const std::vector<std::array<std::string, 3>> broken = {
      {"a.jsonl", good + "{\"story\": [\"B is\n", "a.jsonl:2: this is no JSON"},
      {"b.jsonl", good + "{\"story\": [], \"question\": \"B to A?\", \"label\": \"left\"}\n",
       "b.jsonl:2: the story has no sentence"},
      {"c.jsonl", good + "{\"story\": [\"B.\"], \"question\": \"B to A?\", \"label\": \"lefft\"}",
       "c.jsonl:2: unknown relation \"lefft\": did you mean \"left\"?"},
      {"d.jsonl", good + "{\"story\": [\"B.\"], \"question\": \"and B?\", \"label\": \"left\"}",
       "d.jsonl:2: the question \"and B?\" must name two agents"},
      {"e.jsonl", good + "{\"story\": [\"B.\"], \"label\": \"left\"}",
       "e.jsonl:2: a story needs a text at the key \"question\""},
      {"f.json",
       "{\"0\": " + good +
           ",\n\"1\": {\"story\": 3, \"question\": \"B to A?\", "
           "\"label\": \"left\"}}",
       "f.json:3 (story \"1\"): a story needs a list of"},
      {"g.json", "{\"0\": " + good + ",\n\"1\": {\"story\"", "g.json:3: this is no JSON"},
      {"h.txt", "1 B is above A.\n3 B to A?\tabove\t1\n", "h.txt:2: expected line 2 of a story"},
      {"i.txt", "1 B is above A.\n2 B to A?\tabov\t1\n", "i.txt:2: unknown relation \"abov\""},
      {"j.txt", "1 B is above A.\n", "j.txt: the last story has no question"},
      {"k.txt", "", "k.txt: the file is empty"}};
  for (const auto& [name, text, message] : broken) {
    const std::string file = folder.write(name, text);
    try {
      stories_of(file);
      ADD_FAILURE() << name;
    } catch (const DataError& error) {
      EXPECT_THAT(error.what(), HasSubstr(message));
    }
  }
  EXPECT_THROW(stories_of((folder / "none.json").string()), ConfigError);
}

}  // namespace
}  // namespace dovetail
