// SPDX-License-Identifier: Apache-2.0
#include "templates/conversation.h"

#include "base/text.h"
#include "templates/render.h"

namespace dovetail {

std::vector<Turn> conversation_of(const BoundTemplate& tmpl, const TaskData& task,
                                  const Example& example, const std::string& reference) {
  std::vector<Turn> turns = example.turns;
  if (turns.empty()) {
    const Rendered rendered = render(*tmpl.mapping, task, example, reference);
    return {{Role::user, rendered.source_text()}, {Role::assistant, rendered.target}};
  }
  // The reference of an example is its last turn with its whitespace collapsed.
  if (collapse_whitespace(turns.back().text) != reference) turns.back().text = reference;
  return turns;
}

std::string chat_source(const BoundTemplate& tmpl, const TaskData& task, const Example& example,
                        const std::string& reference) {
  std::vector<Turn> turns = conversation_of(tmpl, task, example, reference);
  turns.pop_back();
  return chat_prompt(*tmpl.chat, turns);
}

}  // namespace dovetail
