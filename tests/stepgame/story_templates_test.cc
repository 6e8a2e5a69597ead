// SPDX-License-Identifier: Apache-2.0
#include "stepgame/story_templates.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "base/error.h"
#include "base/scratch_folder.h"
#include "stepgame/literal_reader.h"
#include "stepgame/mentions.h"
#include "stepgame/sentence_reader.h"

namespace dovetail {
namespace {

using testing::HasSubstr;

bool has_two_links(const SentenceTemplate& tmpl) { return tmpl.links.size() == 2; }

// The two readers share no code: one looks templates up, the other knows words alone.
TEST(OwnTemplates, SayWhatTheirWordsSay) {
  int64_t texts = 0;
  for (const SentenceTemplate& tmpl : own_story_templates()) {
    if (has_two_links(tmpl)) continue;
    for (const TemplateText& written : all_texts(tmpl)) {
      const auto said = read_literally(written.text);

      ASSERT_TRUE(said) << written.text;
      const auto [role, from] = tmpl.links[0];
      const Statement meant{static_cast<char>('A' + role), static_cast<char>('A' + from),
                            sign_of(written.places[role] - written.places[from])};
      EXPECT_EQ(*said, meant) << tmpl.name << ": " << written.text;
      ++texts;
    }
  }
  EXPECT_GE(texts, 8 * 20);
}

TEST(OwnTemplates, AreReadAsTheyAreWritten) {
  const SentenceReader reader(own_story_templates());
  for (const SentenceTemplate& tmpl : own_story_templates()) {
    for (const TemplateText& written : all_texts(tmpl)) {
      const std::vector<Statement> said = reader.read(written.text);

      ASSERT_EQ(said.size(), tmpl.links.size()) << written.text;
      for (size_t i = 0; i < said.size(); ++i) {
        const auto [role, from] = tmpl.links[i];
        EXPECT_EQ(said[i].agent, 'A' + role) << written.text;
        EXPECT_EQ(said[i].offset, sign_of(written.places[role] - written.places[from]));
      }
    }
  }
}

TEST(OwnTemplates, HaveBothSidesOfEveryVariant) {
  std::map<std::pair<StoryVariant, TemplateSide>, int> counts;
  for (const SentenceTemplate& tmpl : own_story_templates()) ++counts[{tmpl.variant, tmpl.side}];

  EXPECT_EQ(counts.size(), kVariantNames.size() * kSideNames.size());
  for (const auto& [which, count] : counts) EXPECT_GE(count, 2);
}

TEST(OwnTemplates, RenderDirectionsFromPlaces) {
  const auto simple = std::ranges::find_if(
      own_story_templates(), [](const auto& tmpl) { return tmpl.name == "plain.train.simple"; });
  const std::vector<char> agents = {'X', 'Y'};

  EXPECT_EQ(simple->render(agents, std::vector<Offset>{{0, 0}, {1, -1}}),
            "X is above and to the left of Y.");
  EXPECT_EQ(simple->render(agents, std::vector<Offset>{{5, 2}, {4, 2}}), "X is to the right of Y.");
}

constexpr const char* kWords =
    "version = 1\nword_lists = [\"w\"]\n[words.w]\nabove = \"above\"\nbelow = \"below\"\n"
    "left = \"left of\"\nright = \"right of\"\nupper-left = \"a\"\nupper-right = \"b\"\n"
    "lower-left = \"c\"\nlower-right = \"d\"\n";

TEST(TemplateFile, RefusesWhatCouldBeReadWrongly) {
  const ScratchFolder folder;
  const std::vector<std::pair<std::string, std::string>> wrong = {
      {"[plain.train]\nx = \"{a} is {wh a b} {b}.\"\n", "t.toml:13:5: expected {a} or {LIST a b}"},
      {"[plain.train]\nx = \"{a} is near {b}.\"\n", "expected one direction, found 0"},
      {"[plain.train]\nx = \"{a} is {w a a} {b}.\"\n", "must link the agents a and b"},
      {"[plain.train]\nx = \"{a} is {w a b} {b}.\"\ny = \"{b} is {w b a} {a}.\"\n",
       "plain.train.x and plain.train.y both write \"B is above A.\""},
      {"[plain.train]\nx = \"{a} is {w a b} {b}.\"\n[plain.held_out]\nx = \"{a} is {w a b} "
       "{b}.\"\n",
       "plain.train.x and plain.held_out.x both write"},
      {"[ellipsis.train]\nx = \"{a} is {w a b} {b}.\"\n", "expected two directions, found 1"},
      {"[plain.train]\nx = \"I see {a} {w a b} {b}.\"\n", "a capital letter by itself is an agent"},
      {"[plain.train]\nx = \"{a} is {w a b\"\n", "is not closed"},
      {"[plan.train]\nx = \"{a}\"\n", "t.toml:12:2: unknown key \"plan\""}};
  for (const auto& [text, message] : wrong) {
    const std::string file = folder.write("t.toml", kWords + text);
    try {
      load_story_templates(file);
      ADD_FAILURE() << text;
    } catch (const ConfigError& error) {
      EXPECT_THAT(error.what(), HasSubstr(message));
    }
  }
}

}  // namespace
}  // namespace dovetail
