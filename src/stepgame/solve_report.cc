// SPDX-License-Identifier: Apache-2.0
#include "stepgame/solve_report.h"

#include <set>

namespace dovetail {

StepAnswer SolveReport::add(const StepStory& story, const SentenceReader& reader) {
  const StoryStatements statements = read_story(story, reader);
  StepAnswer answer = answer_from(statements, story.asked, story.from);
  ++stories;
  contradictory += answer.contradicts_itself;
  other_distances += story.d > 0 && answer.distance != story.d;
  if (answer.label == story.label) {
    ++right;
    return answer;
  }
  StoryMiss miss{.place = story.place,
                 .label = story.label,
                 .answer = answer.label,
                 .causes = explain_miss(story, statements),
                 .sentences = {}};
  unanswerable += !answer.label.has_value();
  unexplained += miss.causes.empty();
  std::set<std::string> templates;
  for (const MissCause& cause : miss.causes) {
    miss.sentences.push_back(story.sentences[cause.sentence]);
    templates.insert(cause.place);
  }
  for (const std::string& place : templates) ++misses_by_template[place];
  misses.push_back(std::move(miss));
  return answer;
}

}  // namespace dovetail
