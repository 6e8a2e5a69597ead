// SPDX-License-Identifier: Apache-2.0
#include "stepgame/template_errors.h"

#include <algorithm>
#include <optional>

#include "base/data_folder.h"
#include "base/error.h"
#include "base/strict_toml.h"
#include "stepgame/mentions.h"

namespace dovetail {

namespace {

std::vector<TemplateError> load_errors() {
  const StrictToml toml(data_folder() / "stepgame/published_errors.toml",
                        {"name", "version", "source", "file", "fragment.*", "meant.*"});
  toml.version();
  const std::map<std::string, std::string> fragments = toml.text_table("fragment");
  std::vector<TemplateError> errors;
  for (const auto& [line, label] : toml.text_table("meant")) {
    const auto meant = find_relation(label);
    const auto fragment = fragments.find(line);
    if (!meant || fragment == fragments.end()) {
      toml.fail("meant." + line, "expected a relation, and a fragment of the same line");
    }
    errors.push_back({toml.text("file") + ":" + line, fragment->second, *meant});
  }
  // lines are keys of a table, which are sorted as texts
  std::ranges::stable_sort(errors, {},
                           [](const TemplateError& error) { return error.place.size(); });
  return errors;
}

// Another meaning of a sentence, which its template was made for.
struct Intention {
  size_t sentence;
  Statement statement;
  std::string place;
};

// A sentence that names one agent alone has lost the other, which may be any of the story.
std::vector<Statement> intended(const TemplateError& error, const std::string& sentence,
                                const std::vector<Statement>& said, const std::string& agents) {
  std::vector<Statement> all;
  if (!said.empty()) {
    all.push_back({said[0].agent, said[0].from, error.meant});
    return all;
  }
  const char agent = agents_in(sentence).at(0);
  for (const char other : agents)
    if (other != agent) all.push_back({agent, other, error.meant});
  return all;
}

std::vector<Intention> intentions_of(const StepStory& story, const StoryStatements& statements) {
  const std::string agents = agents_in(text_of_story(story));
  std::vector<Intention> intentions;
  for (size_t i = 0; i < story.sentences.size(); ++i) {
    const std::string text = without_names(story.sentences[i]);
    for (const TemplateError& error : published_errors()) {
      if (text.find(error.fragment) == std::string::npos) continue;
      for (const Statement& meant : intended(error, story.sentences[i], statements[i], agents))
        intentions.push_back({i, meant, error.place});
    }
  }
  return intentions;
}

// Tries `count` further intentions from `next` on, of sentences that are not changed yet.
bool explains(const StepStory& story, StoryStatements& statements,
              const std::vector<Intention>& intentions, size_t next, size_t count,
              std::vector<MissCause>& causes) {
  if (count == 0) return answer_from(statements, story.asked, story.from).label == story.label;
  for (size_t i = next; i < intentions.size(); ++i) {
    const Intention& tried = intentions[i];
    if (!causes.empty() && causes.back().sentence == tried.sentence) continue;
    const auto literal = std::exchange(statements[tried.sentence], {tried.statement});
    causes.push_back({tried.sentence, tried.place});
    if (explains(story, statements, intentions, i + 1, count - 1, causes)) return true;
    causes.pop_back();
    statements[tried.sentence] = literal;
  }
  return false;
}

}  // namespace

const std::vector<TemplateError>& published_errors() {
  static const std::vector<TemplateError> errors = load_errors();
  return errors;
}

std::vector<MissCause> explain_miss(const StepStory& story, const StoryStatements& statements) {
  constexpr size_t kMostChanged = 4;
  const std::vector<Intention> intentions = intentions_of(story, statements);
  for (size_t count = 1; count <= kMostChanged; ++count) {
    StoryStatements changed = statements;
    std::vector<MissCause> causes;
    if (explains(story, changed, intentions, 0, count, causes)) return causes;
  }
  return {};
}

}  // namespace dovetail
