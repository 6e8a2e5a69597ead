// SPDX-License-Identifier: Apache-2.0
#include "tasks/stepgame_tasks.h"

#include <unordered_set>

#include "base/data_folder.h"
#include "base/file.h"
#include "base/hash.h"
#include "cards/stepgame_examples.h"
#include "stepgame/generator.h"

namespace dovetail {

namespace {

// Raise it when the stories of a seed change.
constexpr const char* kStoriesVersion = "stepgame 1";
constexpr int64_t kTrainStories = 20000, kTestStories = 3000;
constexpr uint64_t kTrainSeed = 20220425, kTestSeed = 20220426;

struct StepGameTask {
  const char* name;
  const char* description;
  GeneratorSettings train, test;
};

const std::vector<StepGameTask>& stepgame_table() {
  static const std::vector<StepGameTask> all = {
      {"stepgame/near",
       "Where is A, seen from B? Chains as in training, one to three edges apart",
       {.seed = kTrainSeed, .k = {1, 2, 3}, .d = {1, 2, 3}},
       {.seed = kTestSeed,
        .k = {1, 2, 3},
        .d = {1, 2, 3},
        .templates = {TemplateSide::train, TemplateSide::held_out}}},
      {"stepgame/far",
       "Where is A, seen from B? Longer chains and larger distances than in training, with noise",
       {.seed = kTrainSeed, .k = {1, 2, 3, 4, 5}, .d = {1, 2, 3}},
       {.seed = kTestSeed,
        .k = {3, 4, 5, 6, 7, 8},
        .d = {1, 2, 3, 4, 5, 6},
        .noise = {NoiseKinds{}, NoiseKinds{true, true, true}},
        .templates = {TemplateSide::train, TemplateSide::held_out}}},
      {"stepgame/wording",
       "Where is A, seen from B? Passives, pronouns and ellipses that training does not have",
       {.seed = kTrainSeed, .k = {2, 3, 4, 5}, .d = {1, 2, 3}},
       {.seed = kTestSeed,
        .k = {2, 3, 4, 5},
        .d = {1, 2, 3},
        .variants = {StoryVariant::plain, StoryVariant::passive, StoryVariant::coreference,
                     StoryVariant::ellipsis}}}};
  return all;
}

// Without stories that repeat an earlier one, or one of `known`.
std::vector<Example> examples_of(const GeneratorSettings& settings, int64_t stories,
                                 std::unordered_set<std::string>& known) {
  const StoryGenerator generator(settings, own_story_templates());
  std::vector<Example> examples;
  for (int64_t i = 0; i < stories; ++i) {
    const StepStory story = generator.story(i);
    std::string source = text_of_story(story);
    if (!known.insert(source).second) continue;
    examples.push_back({.source = std::move(source),
                        .references = {story.label},
                        .answer = static_cast<int64_t>(relation_index(*find_relation(story.label))),
                        .strata = strata_of_story(story, own_sentence_reader())});
  }
  return examples;
}

TaskData load_stories(const StepGameTask& task) {
  std::unordered_set<std::string> known;
  return {.name = task.name,
          .prefix = "stepgame",
          .phrase = "",
          .kind = "classification",
          .train = examples_of(task.train, kTrainStories, known),
          .test = examples_of(task.test, kTestStories, known),
          .layout = Layout::classification,
          .labels = relation_names(),
          .strata = stepgame_strata(),
          .rules = stepgame_rules()};
}

}  // namespace

std::vector<Task> stepgame_tasks() {
  std::vector<Task> tasks;
  for (const StepGameTask& task : stepgame_table()) {
    tasks.push_back({.name = task.name,
                     .kind = "classification",
                     .description = task.description,
                     .source = "StepGame, Shi et al. 2022, with stories of this project's own",
                     .load = [&task] { return load_stories(task); },
                     .fingerprint =
                         [&task] {
                           return content_hash(
                               std::string(kStoriesVersion) + task.name +
                               read_file(data_folder() / "stepgame/templates.toml"));
                         }});
  }
  return tasks;
}

}  // namespace dovetail
