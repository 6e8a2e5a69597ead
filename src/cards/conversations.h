// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/strict_toml.h"
#include "cards/example_importer.h"
#include "tables/row.h"

namespace dovetail {

// Where a row has its turns: a list of objects with a role and a content each (messages), or a
// column for each side.
struct ConversationKeys {
  std::optional<Column> messages;
  std::string role, content;          // keys of a message
  std::map<std::string, Role> roles;  // what a message may have as its role
  std::optional<Column> system;       // without messages
  std::vector<Column> user;           // joined by line ends; those that a row leaves empty are not
  Column assistant;

  std::vector<Column> columns() const;  // those that are read
};

// The keys of a card: keys.* and roles.*.
const std::vector<std::string>& conversation_keys();
// ConfigError for keys that do not go together.
ConversationKeys read_conversation_keys(const StrictToml& toml);

// Why a row is no conversation that can be learned from, by its class and as a sentence.
struct BadConversation {
  std::string bad_class, what;
};

// The turns of a row, without whitespace around them. Throws BadConversation: a turn lacks its role
// or content, has an unknown role or is empty; a system's turn that is not the first; the user and
// the assistant do not take turns, beginning with the user and ending with the assistant.
std::vector<Turn> read_turns(const ConversationKeys& keys, const Row& row);

// What precedes the last turn, as one text: the user's turn alone, or all turns with their roles.
std::string text_before_answer(const std::vector<Turn>& turns);

// The words of the system's and the user's turns for each word of the assistant's, as the range
// that it falls in: "0.1-0.5".
std::string ratio_range(const std::vector<Turn>& turns);

}  // namespace dovetail
