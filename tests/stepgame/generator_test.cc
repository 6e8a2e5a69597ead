// SPDX-License-Identifier: Apache-2.0
#include "stepgame/generator.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "base/error.h"
#include "base/scratch_folder.h"
#include "stepgame/mentions.h"
#include "stepgame/solve_report.h"
#include "stepgame/story_files.h"
#include "stepgame/story_writer.h"

namespace dovetail {
namespace {

using testing::HasSubstr;

constexpr NoiseKinds kAllNoise = {true, true, true};

GeneratorSettings everything() {
  return {.seed = 7,
          .k = {2, 3, 4, 5, 6, 7, 8, 9, 10},
          .noise = {NoiseKinds{}, kAllNoise},
          .variants = {StoryVariant::plain, StoryVariant::passive, StoryVariant::coreference,
                       StoryVariant::ellipsis},
          .templates = {TemplateSide::train, TemplateSide::held_out}};
}

const SentenceReader& own_reader() {
  static const SentenceReader own(own_story_templates());
  return own;
}

TEST(StoryGenerator, TheSolverAgreesWithEveryStory) {
  const StoryGenerator generator(everything(), own_story_templates());
  SolveReport report;
  for (int64_t i = 0; i < 3000; ++i) report.add(generator.story(i), own_reader());

  EXPECT_EQ(report.accuracy(), 1.0);
  EXPECT_EQ(report.contradictory, 0);
  EXPECT_EQ(report.other_distances, 0) << "noise must not bring the two agents closer together";
}

TEST(StoryGenerator, NoiseOnlyAddsSentences) {
  GeneratorSettings noisy = everything(), clean = everything();
  noisy.noise = {kAllNoise};
  clean.noise = {NoiseKinds{}};
  const StoryGenerator with(noisy, own_story_templates()), without(clean, own_story_templates());
  for (int64_t i = 0; i < 500; ++i) {
    const StepStory story = with.story(i), pair = without.story(i);

    EXPECT_EQ(clean_story(story).sentences, pair.sentences);
    EXPECT_EQ(story.question, pair.question);
    EXPECT_EQ(story.label, pair.label);
    EXPECT_LT(pair.sentences.size(), story.sentences.size());
    EXPECT_EQ(pair.noise, "none");
    EXPECT_THAT(story.noise, HasSubstr("irrelevant+disconnected"));
  }
}

TEST(StoryGenerator, ASeedIsAStory) {
  GeneratorSettings settings = everything();
  const StoryGenerator first(settings, own_story_templates());
  const StoryGenerator same(settings, own_story_templates());
  settings.seed = 8;
  const StoryGenerator other(settings, own_story_templates());
  int64_t different = 0;
  for (int64_t i = 0; i < 50; ++i) {
    EXPECT_EQ(first.story(i).sentences, same.story(i).sentences);
    different += first.story(i).sentences != other.story(i).sentences;
  }
  EXPECT_GT(different, 45);
}

TEST(StoryGenerator, KeepsKAndDAsAsked) {
  GeneratorSettings settings{.seed = 3, .k = {4, 6}, .d = {2, 5}};
  const StoryGenerator generator(settings, own_story_templates());
  std::set<std::pair<int, int>> seen;
  for (int64_t i = 0; i < 200; ++i) {
    const StepStory story = generator.story(i);
    seen.insert({story.k, story.d});
    EXPECT_EQ(story.sentences.size(), story.k);
  }
  EXPECT_EQ(seen, (std::set<std::pair<int, int>>{{4, 2}, {6, 2}, {6, 5}}));
}

TEST(StoryGenerator, CallsAgentsByAsManyLettersAsAsked) {
  const StoryGenerator generator({.seed = 4, .k = {1, 4}, .agents = {3, 6}}, own_story_templates());
  std::map<int, std::set<char>> letters;  // by k
  for (int64_t i = 0; i < 300; ++i) {
    const StepStory story = generator.story(i);
    for (const std::string& sentence : story.sentences)
      for (const char letter : agents_in(sentence)) letters[story.k].insert(letter);
  }
  const std::set<char> all = {'A', 'B', 'C', 'D', 'E', 'F'};
  EXPECT_EQ(letters[1], all);  // 3 or 6
  EXPECT_EQ(letters[4], all);  // 5 agents: 6
}

TEST(StoryGenerator, HoldsTemplatesOut) {
  const std::vector<SentenceTemplate>& all = own_story_templates();
  std::vector<SentenceTemplate> train;
  for (const SentenceTemplate& tmpl : all)
    if (tmpl.side == TemplateSide::train) train.push_back(tmpl);
  std::set<std::string> known;
  for (const SentenceTemplate& tmpl : train)
    for (const TemplateText& text : all_texts(tmpl)) known.insert(without_names(text.text));
  GeneratorSettings settings = everything();
  settings.templates = {TemplateSide::held_out};
  const StoryGenerator generator(settings, all);
  for (int64_t i = 0; i < 300; ++i) {
    for (const std::string& sentence : generator.story(i).sentences)
      EXPECT_FALSE(known.contains(without_names(sentence))) << sentence;
  }
}

TEST(StoryGenerator, VariantsSayTwoEdgesInOneText) {
  for (const StoryVariant variant : {StoryVariant::coreference, StoryVariant::ellipsis}) {
    const StoryGenerator generator({.seed = 5, .k = {5}, .variants = {variant}},
                                   own_story_templates());
    for (int64_t i = 0; i < 50; ++i)
      EXPECT_EQ(generator.story(i).sentences.size(), 3);  // 2 + 2 + 1
  }
}

TEST(StoryGenerator, RefusesWhatNoStoryFits) {
  const std::vector<std::pair<GeneratorSettings, std::string>> wrong = {
      {{.k = {3}, .d = {5}}, "d = 5 is larger than k = 3"},
      {{.k = {3}, .d = {0}}, "d counts edges, at least 1; found 0"},
      {{.k = {0}}, "k counts edges, at least 1; found 0"},
      {{.k = {2, 6}, .d = {4}}, "no d is at most k = 2"},
      {{.k = {26}}, "may need 27 agents, and there are 26 letters"},
      {{.k = {11}, .noise = {kAllNoise}}, "lower k, or take less noise"},
      {{.agents = {27}}, "agents are 2 to 26, a letter each; found 27"},
      {{.k = {1, 6}, .agents = {3, 6}}, "k = 6 with noise \"none\" may need 7 agents"},
      {{.k = {2}, .agents = {3}, .noise = {kAllNoise}}, "or more agents"},
      {{.k = {1, 2}, .variants = {StoryVariant::ellipsis}}, "which k = 1 does not have"}};
  for (const auto& [settings, message] : wrong) {
    try {
      const StoryGenerator generator(settings, own_story_templates());
      ADD_FAILURE() << message;
    } catch (const ConfigError& error) {
      EXPECT_THAT(error.what(), HasSubstr(message));
    }
  }
}

TEST(Noise, HasNames) {
  EXPECT_EQ(parse_noise("supporting+irrelevant"), (NoiseKinds{true, false, true}));
  EXPECT_EQ(noise_name({true, false, true}), "irrelevant+supporting");
  EXPECT_EQ(parse_noise("all"), kAllNoise);
  try {
    parse_noise("irelevant");
    ADD_FAILURE();
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.what(), HasSubstr("unknown kind of noise \"irelevant\": did you mean "
                                        "\"irrelevant\"?"));
  }
}

}  // namespace
}  // namespace dovetail
