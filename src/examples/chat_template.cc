// SPDX-License-Identifier: Apache-2.0
#include "examples/chat_template.h"

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/named_file.h"
#include "base/strict_toml.h"

namespace dovetail {

namespace {

TokenKind kind_of(Role role) {
  return role == Role::assistant ? TokenKind::output : TokenKind::instruction;
}

ChatTemplate::Frame read_frame(const StrictToml& toml, const std::string& role) {
  return {toml.text(role + ".prefix"), toml.text(role + ".suffix")};
}

}  // namespace

const char* name_of(Role role) {
  switch (role) {
    case Role::system: return "system";
    case Role::user: return "user";
    case Role::assistant: return "assistant";
  }
  return "";
}

const ChatTemplate::Frame& ChatTemplate::frame_of(Role role) const {
  switch (role) {
    case Role::system: return system;
    case Role::user: return user;
    case Role::assistant: break;
  }
  return assistant;
}

std::string ChatTemplate::content() const {
  nlohmann::json content;
  for (const Role role : {Role::system, Role::user, Role::assistant}) {
    const Frame& frame = frame_of(role);
    content[dovetail::name_of(role)] = {frame.prefix, frame.suffix};
  }
  return content.dump();
}

ChatTemplate load_chat_template(const std::string& name_or_file) {
  const StrictToml toml(named_data_file("chat template", "chat_templates", name_or_file),
                        {"name", "version", "source", "system.prefix", "system.suffix",
                         "user.prefix", "user.suffix", "assistant.prefix", "assistant.suffix"});
  ChatTemplate chat{.name = toml.text("name"),
                    .version = toml.version(),
                    .source = toml.text("source"),
                    .system = read_frame(toml, "system"),
                    .user = read_frame(toml, "user"),
                    .assistant = read_frame(toml, "assistant")};
  if (chat.assistant.prefix.empty()) {
    toml.fail("assistant.prefix",
              "expected a header of the assistant, which tells a model that its answer begins; "
              "found an empty text");
  }
  return chat;
}

std::vector<ChatPiece> chat_pieces(const ChatTemplate& chat, std::span<const Turn> turns) {
  std::vector<ChatPiece> pieces;
  const auto add = [&](size_t turn, TokenKind kind, const std::string& text) {
    if (!text.empty()) pieces.push_back({turn, kind, text});
  };
  for (size_t i = 0; i < turns.size(); ++i) {
    const ChatTemplate::Frame& frame = chat.frame_of(turns[i].role);
    const bool answers = turns[i].role == Role::assistant;
    add(i, TokenKind::chat_template, frame.prefix);
    add(i, kind_of(turns[i].role), turns[i].text);
    if (answers) pieces.push_back({i, TokenKind::output, "", /*is_end=*/true});
    if (!answers || i + 1 < turns.size()) add(i, TokenKind::chat_template, frame.suffix);
  }
  return pieces;
}

std::string chat_prompt(const ChatTemplate& chat, std::span<const Turn> turns) {
  std::vector<Turn> asked(turns.begin(), turns.end());
  asked.push_back({Role::assistant, ""});
  std::vector<ChatPiece> pieces = chat_pieces(chat, asked);
  pieces.pop_back();  // the end of the answer, which is not given yet
  std::string text;
  for (const ChatPiece& piece : pieces) text += piece.is_end ? "</s>" : piece.text;
  return text;
}

}  // namespace dovetail
