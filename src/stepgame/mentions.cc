// SPDX-License-Identifier: Apache-2.0
#include "stepgame/mentions.h"

namespace dovetail {

namespace {

bool is_letter_or_digit(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

}  // namespace

bool is_agent_at(std::string_view text, size_t at) {
  if (text[at] < 'A' || text[at] > 'Z') return false;
  if (at > 0 && is_letter_or_digit(text[at - 1])) return false;
  return at + 1 == text.size() || !is_letter_or_digit(text[at + 1]);
}

std::string agents_in(std::string_view text) {
  std::string agents;
  for (size_t i = 0; i < text.size(); ++i) {
    if (is_agent_at(text, i) && agents.find(text[i]) == std::string::npos) agents += text[i];
  }
  return agents;
}

std::string without_names(std::string_view text) {
  std::string agents, result;
  for (size_t i = 0; i < text.size(); ++i) {
    if (!is_agent_at(text, i)) {
      result += text[i];
      continue;
    }
    size_t number = agents.find(text[i]);
    if (number == std::string::npos) {
      number = agents.size();
      agents += text[i];
    }
    result += '{' + std::to_string(number) + '}';
  }
  return result;
}

}  // namespace dovetail
