// SPDX-License-Identifier: Apache-2.0
#include "examples/chat_template.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "base/scratch_folder.h"

namespace dovetail {
namespace {

std::string printed(const std::vector<ChatPiece>& pieces) {
  std::string text;
  for (const ChatPiece& piece : pieces) {
    const char kind = "TIO"[static_cast<int>(piece.kind)];
    text += std::string(1, kind) + "[" + (piece.is_end ? "</s>" : piece.text) + "]";
  }
  return text;
}

// The kinds by the definition of Shi et al. 2024, eq. 2-4, written by hand.
TEST(ChatTemplate, CutsAConversationIntoPiecesOfOneKind) {
  const std::vector<Turn> turns = {{Role::system, "Be brief."},
                                   {Role::user, "Hi"},
                                   {Role::assistant, "Hello"},
                                   {Role::user, "Bye"},
                                   {Role::assistant, "Ciao"}};
  EXPECT_EQ(printed(chat_pieces(load_chat_template("tulu"), turns)),
            "T[<|system|>\n]I[Be brief.]T[\n]T[<|user|>\n]I[Hi]T[\n]T[<|assistant|>\n]O[Hello]"
            "O[</s>]T[\n]T[<|user|>\n]I[Bye]T[\n]T[<|assistant|>\n]O[Ciao]O[</s>]");
}

TEST(ChatTemplate, PrintsWhatPrecedesAnAnswer) {
  const ChatTemplate plain = load_chat_template("plain");
  EXPECT_EQ(chat_prompt(plain, std::vector<Turn>{{Role::user, "Hi"}}), "user: Hi assistant: ");
  EXPECT_EQ(chat_prompt(plain,
                        std::vector<Turn>{
                            {Role::user, "Hi"}, {Role::assistant, "Hello"}, {Role::user, "Bye"}}),
            "user: Hi assistant: Hello</s> user: Bye assistant: ");
}

void expect_no_chat_template(const std::string& text, const std::string& part) {
  const ScratchFolder scratch;
  try {
    load_chat_template(scratch.write("mine.toml", text));
    ADD_FAILURE() << "accepted, where the message should have \"" << part << "\"";
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr(part));
  }
}

TEST(ChatTemplate, IsReadStrictly) {
  const std::string head = "name = \"mine\"\nversion = 1\nsource = \"me\"\n";
  const std::string asked =
      "[system]\nprefix = \"\"\nsuffix = \"\"\n[user]\nprefix = \"U\"\nsuffix = \"\"\n";
  expect_no_chat_template(head + asked + "[assistant]\nprefix = \"\"\nsuffix = \"\"\n",
                          "expected a header of the assistant");
  expect_no_chat_template(head + asked + "[assistant]\nprefix = \"A\"\n", "assistant.suffix");
  expect_no_chat_template(head + asked + "[tool]\nprefix = \"A\"\n", "unknown key \"tool");
  EXPECT_THROW(load_chat_template("tullu"), ConfigError);
}

}  // namespace
}  // namespace dovetail
