// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "examples/turns.h"

namespace dovetail {

// How a conversation is written as one text: what stands before and after each role's turn. It is
// data, a TOML file (data/chat_templates): name, version, source, and a table for each role with
// prefix and suffix. The end that the assistant writes itself is no part of it: that is the
// vocabulary's </s>, right behind the content of each of its turns.
struct ChatTemplate {
  struct Frame {
    std::string prefix, suffix;
  };
  std::string name;
  int64_t version = 0;
  std::string source;
  Frame system, user, assistant;

  const Frame& frame_of(Role role) const;
  std::string content() const;  // all that decides a text, for content hashes
};

// By name (data/chat_templates/NAME.toml), or a file that ends in .toml. ConfigError for an unknown
// name, an unknown or missing key, and an assistant without a prefix: nothing would tell the model
// that the answer begins.
ChatTemplate load_chat_template(const std::string& name_or_file);

// A stretch of a conversation, each of one kind of token.
struct ChatPiece {
  size_t turn = 0;  // that it belongs to
  TokenKind kind = TokenKind::chat_template;
  std::string text;
  bool is_end = false;  // the assistant's own end: one token, </s>, and no text
};

// The conversation in the order in which it is read. Nothing follows the end of the last turn if it
// is the assistant's. Empty prefixes and suffixes are left out.
std::vector<ChatPiece> chat_pieces(const ChatTemplate& chat, std::span<const Turn> turns);

// What the assistant reads before it answers: the turns, and its own header.
std::string chat_prompt(const ChatTemplate& chat, std::span<const Turn> turns);

// "system", "user", "assistant"
const char* name_of(Role role);

}  // namespace dovetail
