// SPDX-License-Identifier: Apache-2.0
#include "stepgame/solver.h"

#include <algorithm>
#include <array>
#include <deque>

#include "base/error.h"

namespace dovetail {

namespace {

struct Link {
  char to = 0;
  Offset step;
  size_t sentence = 0;
};

using Links = std::array<std::vector<Link>, 128>;  // by agent

Links links_of(const StoryStatements& statements) {
  Links links;
  for (size_t i = 0; i < statements.size(); ++i) {
    for (const Statement& said : statements[i]) {
      links[said.from].push_back({said.agent, said.offset, i});
      links[said.agent].push_back({said.from, -said.offset, i});
    }
  }
  return links;
}

// Where each agent is that the links lead to, and the link that led there.
struct Reached {
  bool is_there = false;
  Offset place;
  int distance = 0;
  char before = 0;
  size_t sentence = 0;
};
using Map = std::array<Reached, 128>;

Map explore(const Links& links, char start, bool& contradicts) {
  Map map{};
  map[start].is_there = true;
  std::deque<char> waiting = {start};
  for (; !waiting.empty(); waiting.pop_front()) {
    const char agent = waiting.front();
    for (const Link& link : links[agent]) {
      Reached& next = map[link.to];
      const Offset place = map[agent].place + link.step;
      if (next.is_there) {
        contradicts = contradicts || next.place != place;
        continue;
      }
      next = {true, place, map[agent].distance + 1, agent, link.sentence};
      waiting.push_back(link.to);
    }
  }
  return map;
}

}  // namespace

StoryStatements read_story(const StepStory& story, const SentenceReader& reader) {
  StoryStatements statements;
  try {
    for (const std::string& sentence : story.sentences) statements.push_back(reader.read(sentence));
  } catch (const DataError& error) {
    throw_<DataError>("{}: {}", story.place, error.what());
  }
  return statements;
}

StepAnswer answer_from(const StoryStatements& statements, char asked, char from) {
  StepAnswer answer;
  const Map map = explore(links_of(statements), from, answer.contradicts_itself);
  const Reached& end = map[asked];
  if (!end.is_there) return answer;
  answer.label = relation_name(end.place);
  answer.distance = end.distance;
  for (char at = asked; at != from; at = map[at].before) answer.path.push_back(map[at].sentence);
  std::ranges::reverse(answer.path);
  const auto repeated = std::ranges::unique(answer.path);  // two edges of one text
  answer.path.erase(repeated.begin(), repeated.end());
  return answer;
}

}  // namespace dovetail
