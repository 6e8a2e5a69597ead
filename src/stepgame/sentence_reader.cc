// SPDX-License-Identifier: Apache-2.0
#include "stepgame/sentence_reader.h"

#include "stepgame/literal_reader.h"
#include "stepgame/mentions.h"

namespace dovetail {

SentenceReader::SentenceReader(const std::vector<SentenceTemplate>& templates) {
  for (const SentenceTemplate& tmpl : templates) {
    for (const TemplateText& written : all_texts(tmpl)) {
      const std::string agents = agents_in(written.text);
      const auto number_of = [&](int role) { return agents.find(static_cast<char>('A' + role)); };
      std::vector<Numbered> says;
      for (const auto& [role, from] : tmpl.links) {
        says.push_back({number_of(role), number_of(from),
                        sign_of(written.places[role] - written.places[from])});
      }
      known_.emplace(without_names(written.text), std::move(says));
    }
  }
}

std::vector<Statement> SentenceReader::read(std::string_view sentence) const {
  std::vector<Statement> statements;
  const auto found = known_.find(without_names(sentence));
  if (found == known_.end()) {
    if (const auto literal = read_literally(sentence)) statements.push_back(*literal);
    return statements;
  }
  const std::string agents = agents_in(sentence);
  for (const auto& [agent, from, offset] : found->second)
    statements.push_back({agents[agent], agents[from], offset});
  return statements;
}

}  // namespace dovetail
