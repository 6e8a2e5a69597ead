// SPDX-License-Identifier: Apache-2.0
#include "stepgame/literal_reader.h"

#include <array>
#include <cctype>
#include <map>
#include <vector>

#include "base/error.h"
#include "base/text.h"
#include "stepgame/mentions.h"

namespace dovetail {

namespace {

struct Word {
  std::string text;  // in lower case; of an agent the letter itself
  bool is_agent = false;
};

std::vector<Word> words_of_sentence(std::string_view sentence) {
  std::vector<Word> words;
  for (size_t i = 0; i < sentence.size();) {
    size_t end = i;
    while (end < sentence.size() && std::isalnum(static_cast<unsigned char>(sentence[end]))) ++end;
    if (end > i) {
      const bool agent = end == i + 1 && is_agent_at(sentence, i);
      const std::string text(sentence.substr(i, end - i));
      words.push_back({agent ? text : lower_case(text), agent});
    }
    i = std::max(end, i + 1);
  }
  return words;
}

const std::map<std::string, Offset, std::less<>>& direction_words() {
  static const std::map<std::string, Offset, std::less<>> words = {
      {"above", {0, 1}},      {"over", {0, 1}},       {"top", {0, 1}},
      {"up", {0, 1}},         {"upper", {0, 1}},      {"upwards", {0, 1}},
      {"higher", {0, 1}},     {"north", {0, 1}},      {"northern", {0, 1}},
      {"front", {0, 1}},      {"below", {0, -1}},     {"under", {0, -1}},
      {"beneath", {0, -1}},   {"bottom", {0, -1}},    {"down", {0, -1}},
      {"lower", {0, -1}},     {"downwards", {0, -1}}, {"south", {0, -1}},
      {"southern", {0, -1}},  {"left", {-1, 0}},      {"lefthand", {-1, 0}},
      {"west", {-1, 0}},      {"western", {-1, 0}},   {"right", {1, 0}},
      {"righthand", {1, 0}},  {"east", {1, 0}},       {"eastern", {1, 0}},
      {"northwest", {-1, 1}}, {"northeast", {1, 1}},  {"southwest", {-1, -1}},
      {"southeast", {1, -1}}};
  return words;
}

// Where the hours stand on a clock, from 1 to 12; between the quarters they are corners.
Offset of_hour(int hour) {
  constexpr std::array<Offset, 12> kHours = {{{1, 1},
                                              {1, 1},
                                              {1, 0},
                                              {1, -1},
                                              {1, -1},
                                              {0, -1},
                                              {-1, -1},
                                              {-1, -1},
                                              {-1, 0},
                                              {-1, 1},
                                              {-1, 1},
                                              {0, 1}}};
  return kHours[hour - 1];
}

bool speaks_of_a_clock(const std::vector<Word>& words) {
  for (const Word& word : words)
    if (word.text == "clock" || word.text == "00") return true;
  return false;
}

// The direction that a word names; (0, 0) for other words.
Offset direction_of(const std::vector<Word>& words, size_t i, bool clock) {
  const std::string& word = words[i].text;
  if (words[i].is_agent) return {};
  if (word == "over" && i + 1 < words.size() && words[i + 1].text == "there") return {};
  if (clock && word.size() <= 2 && std::isdigit(static_cast<unsigned char>(word[0]))) {
    const int hour = std::stoi(word);
    return hour >= 1 && hour <= 12 ? of_hour(hour) : Offset{};
  }
  const auto found = direction_words().find(word);
  return found == direction_words().end() ? Offset{} : found->second;
}

// Whether the agent at `i` is what the other one is placed by.
bool is_landmark(const std::vector<Word>& words, size_t i) {
  const bool owns = i + 1 < words.size() && words[i + 1].text == "s";  // "at B's 3 o'clock"
  if (owns || i == 0) return owns;
  const std::string& before = words[i - 1].text;
  return before == "to" || before == "of" || before == "from";
}

}  // namespace

std::optional<Statement> read_literally(std::string_view sentence) {
  const std::vector<Word> words = words_of_sentence(sentence);
  const bool clock = speaks_of_a_clock(words);
  const std::string agents = agents_in(sentence);
  Offset offset;
  char placed = 0, by = 0;
  for (size_t i = 0; i < words.size(); ++i) {
    if (words[i].is_agent) {
      const char agent = words[i].text[0];
      if (offset == Offset{} && !is_landmark(words, i)) placed = agent;
      if (i > 0 && words[i - 1].text == "by") by = agent;
      continue;
    }
    const Offset named = direction_of(words, i, clock);
    if (offset.x == 0) offset.x = named.x;
    if (offset.y == 0) offset.y = named.y;
  }
  if (agents.size() > 2) {
    throw_<DataError>("the sentence \"{}\" names {} agents; expected two", sentence, agents.size());
  }
  if (offset == Offset{}) {
    throw_<DataError>(
        "the sentence \"{}\" has no word for a direction, such as left, below or north", sentence);
  }
  if (by) placed = by;
  if (agents.size() < 2 || !placed) return std::nullopt;
  return Statement{placed, agents[0] == placed ? agents[1] : agents[0], offset};
}

}  // namespace dovetail
