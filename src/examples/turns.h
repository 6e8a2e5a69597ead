// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace dovetail {

enum class Role { system, user, assistant };

// What one side says in a conversation.
struct Turn {
  Role role = Role::user;
  std::string text;
};

// What a token of a conversation is, which decides whether it counts in the loss: role headers and
// whatever else a chat template adds never do; the system's and the user's turns are instruction;
// the assistant's, with the end that it writes itself, output.
enum class TokenKind : uint8_t { chat_template, instruction, output };

// A conversation as ids, in the order in which it is read, with the kind of each: equally many.
struct ChatRow {
  std::vector<int32_t> ids;
  std::vector<TokenKind> kinds;
};

}  // namespace dovetail
