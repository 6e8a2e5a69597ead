// SPDX-License-Identifier: Apache-2.0
// Cards of kind "stepgame": stories of StepGame, as `dovetail data stepgame` writes them or as they
// are published, in any form of stepgame/story_files.h.
#include "base/error.h"
#include "cards/card.h"
#include "cards/stepgame_examples.h"
#include "stepgame/solver.h"
#include "stepgame/story_files.h"

namespace dovetail {

namespace {

// A row is a story; the importer counts it, and drops it where it repeats another.
void take_story(StepStory story, QuestionPlace place, bool correct, ExampleImporter& sink) {
  const std::string text = text_of_story(story, place);
  if (!sink.begin(story.line, text)) return;
  Draft draft{.source = text,
              .answer = story.label,
              .strata = strata_of_story(story, own_sentence_reader())};
  if (correct) {
    const StepAnswer answer = solve_story(story, own_sentence_reader());
    if (!answer.label) return sink.leave_out("unanswerable");
    draft.answer = *answer.label;
  }
  sink.add(std::move(draft));
}

}  // namespace

CardKind stepgame() {
  const auto make = [](const StrictToml& toml, const CardName& asked, Card&) -> Importer {
    refuse_relation(toml, asked);
    const bool correct = toml.flag("correct_labels", false);
    const bool question_first = toml.flag("question_first", false);
    const auto place = question_first ? QuestionPlace::first : QuestionPlace::last;
    nlohmann::json settings = {{"correct_labels", correct}};
    if (question_first)
      settings["question_first"] = true;  // else keys of earlier runs would change
    std::vector<std::pair<std::string, std::string>> labels;
    for (const std::string& name : relation_names()) labels.emplace_back(name, name);
    return {.rules = {.layout = Layout::classification, .labels = labels},
            .read =
                [correct, place](const Card::Split& split, ExampleImporter& sink) {
                  int64_t stories = 0;
                  for_each_story(split.rows, [&](StepStory story) {
                    take_story(std::move(story), place, correct, sink);
                    ++stories;
                  });
                  sink.set_lines(stories);
                },
            .describe = [](TaskData& data) { data.rules = stepgame_rules(); },
            .settings = settings,
            .strata = stepgame_strata()};
  };
  return {.name = "stepgame",
          .description = "relations",
          .task_kind = "classification",
          .keys = {"correct_labels", "question_first"},
          .make = make};
}

}  // namespace dovetail
